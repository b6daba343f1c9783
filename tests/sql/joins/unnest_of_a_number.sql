-- UNNEST of what has no elements.
CREATE VIEW tagged AS SELECT * FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z']), (3, CAST(NULL AS ARRAY<STRING>))) AS t(id, tags);
SELECT id FROM tagged CROSS JOIN UNNEST(id) AS u (x);
