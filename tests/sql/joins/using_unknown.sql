-- USING a column that one side lacks.
SELECT * FROM (VALUES (1, 'p')) AS l(a, x) JOIN (VALUES (1, 'P')) AS r(b, y) USING (a);
