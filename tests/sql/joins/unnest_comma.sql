-- UNNEST behind a comma, filtered.
CREATE VIEW tagged AS SELECT * FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z']), (3, CAST(NULL AS ARRAY<STRING>))) AS t(id, tags);
SELECT id, tag FROM tagged, UNNEST(tags) AS u (tag) WHERE tag <> 'y';
