-- IFNULL, COALESCE, NULLIF, IF over columns.
SELECT i AS k,
  IFNULL(i, 7) AS e0,
  IFNULL(s, 'none') AS e1,
  COALESCE(i, 2, 3) AS e2,
  COALESCE(s, CAST(NULL AS STRING), 'x') AS e3,
  NULLIF(i, 1) AS e4,
  NULLIF(s, '') AS e5,
  IF(i > 0, i, -1) AS e6,
  IF(s = 'a', s, 'other') AS e7,
  IF(i IS NULL, 1, 2) AS e8,
  IFNULL(i, 1.5) AS e9,
  IF(i = 1, 1, 2.5) AS e10
FROM (VALUES (1, 'a'), (CAST(NULL AS INT), CAST(NULL AS STRING)), (0, '')) AS t(i, s);
