-- UNION ALL keeps duplicates and widens types.
SELECT x, y FROM (VALUES (1, 'a'), (1, 'a')) AS t(x, y) UNION ALL SELECT z, w FROM (VALUES (CAST(3000000000 AS BIGINT), 'bb')) AS u(z, w);
