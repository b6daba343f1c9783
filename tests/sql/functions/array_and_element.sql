-- Functions of an array and an element.
SELECT a AS k,
  ARRAY_APPEND(a, x) AS e0,
  ARRAY_PREPEND(a, x) AS e1,
  ARRAY_CONTAINS(a, x) AS e2,
  ARRAY_POSITION(a, x) AS e3,
  ARRAY_REMOVE(a, x) AS e4
FROM (VALUES (ARRAY[3, 1, 2], 1), (ARRAY[1, CAST(NULL AS INT), 1], CAST(NULL AS INT)), (CAST(NULL AS ARRAY<INT>), 1), (ARRAY[1, 1], 1), (ARRAY[1, 2], 5), (ARRAY[1, CAST(NULL AS INT)], 2)) AS t(a, x);
