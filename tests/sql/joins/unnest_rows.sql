-- An array of rows gives their fields.
SELECT id, a, b FROM (VALUES (1, ARRAY[ROW(1, 'p'), ROW(2, 'q')])) AS t(id, items) CROSS JOIN UNNEST(items) AS u (a, b);
