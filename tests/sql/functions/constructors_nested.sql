-- ROW, ARRAY and MAP within each other.
SELECT i AS k,
  ROW(i, s) AS e0,
  ARRAY[i, 2] AS e1,
  MAP['k', i, 'z', 3]['z'] AS e2,
  MAP['a', ARRAY[i]] AS e3,
  ROW(ROW(i), ARRAY[s]) AS e4,
  CAST(ROW(i, s) AS STRING) AS e5,
  CAST(ARRAY[i] AS STRING) AS e6,
  MAP['a', MAP['b', i]]['a']['b'] AS e7,
  CAST(ROW(i, s) AS ROW<a BIGINT, b STRING>).a AS e8,
  CAST(ARRAY[i] AS ARRAY<STRING>) AS e9,
  CAST(MAP['a', i] AS MAP<STRING, BIGINT>) AS e10,
  CAST(MAP['a', i] AS STRING) AS e11
FROM (VALUES (1, 'x'), (CAST(NULL AS INT), CAST(NULL AS STRING))) AS t(i, s);
