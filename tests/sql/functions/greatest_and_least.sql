-- GREATEST and LEAST.
SELECT i AS k,
  GREATEST(i, j) AS e0,
  LEAST(i, j) AS e1,
  GREATEST(i, j, 2) AS e2,
  GREATEST(s, 'aa') AS e3,
  LEAST(s, 'aa') AS e4,
  GREATEST(i, 2.5) AS e5,
  LEAST(i, CAST(1 AS BIGINT)) AS e6
FROM (VALUES (1, 2, 'a'), (3, 2, 'b'), (CAST(NULL AS INT), 2, CAST(NULL AS STRING)), (5, CAST(NULL AS INT), '')) AS t(i, j, s);
