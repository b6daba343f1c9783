-- Array functions over texts.
SELECT a AS k,
  ARRAY_SORT(a) AS e0,
  ARRAY_MAX(a) AS e1,
  ARRAY_MIN(a) AS e2,
  ARRAY_CONTAINS(a, x) AS e3,
  ARRAY_POSITION(a, x) AS e4,
  ARRAY_APPEND(a, x) AS e5,
  ARRAY_REMOVE(a, x) AS e6,
  ARRAY_DISTINCT(ARRAY_CONCAT(a, a)) AS e7,
  CAST(a AS STRING) AS e8
FROM (VALUES (ARRAY['b','a','c'], 'a'), (ARRAY['b',CAST(NULL AS STRING),'bb'], 'bb'), (CAST(NULL AS ARRAY<STRING>), 'a')) AS t(a, x);
