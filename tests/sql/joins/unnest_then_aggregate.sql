-- Counting elements.
CREATE VIEW tagged AS SELECT * FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z']), (3, CAST(NULL AS ARRAY<STRING>))) AS t(id, tags);
SELECT tag, COUNT(*) AS n FROM tagged CROSS JOIN UNNEST(tags) AS u (tag) GROUP BY tag;
