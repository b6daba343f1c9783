-- Elements with their numbers.
CREATE VIEW tagged AS SELECT * FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z']), (3, CAST(NULL AS ARRAY<STRING>))) AS t(id, tags);
SELECT id, tag, nr FROM tagged CROSS JOIN UNNEST(tags) WITH ORDINALITY AS u (tag, nr);
