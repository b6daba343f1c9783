-- A left join keeps rows without elements.
CREATE VIEW tagged AS SELECT * FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z']), (3, CAST(NULL AS ARRAY<STRING>))) AS t(id, tags);
SELECT id, tag FROM tagged LEFT JOIN UNNEST(tags) AS u (tag) ON TRUE;
