-- ARRAY_SLICE.
SELECT f AS k,
  ARRAY_SLICE(ARRAY[10, 20, 30, 40], f, t) AS e0,
  ARRAY_SLICE(ARRAY[10, 20, 30, 40], f) AS e1
FROM (VALUES (1, 2), (2, 3), (0, 2), (-2, -1), (3, 2), (5, 9), (-9, 2), (2, 99), (0, 0), (CAST(NULL AS INT), 1), (1, CAST(NULL AS INT))) AS t(f, t);
