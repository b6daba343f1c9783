-- Functions of maps.
SELECT m AS k,
  CARDINALITY(m) AS e0,
  MAP_KEYS(m) AS e1,
  MAP_VALUES(m) AS e2,
  MAP_ENTRIES(m) AS e3,
  m['a'] AS e4,
  m['zz'] AS e5,
  MAP_UNION(m, MAP['a', 9, 'c', 3]) AS e6,
  MAP_UNION(m) AS e7,
  CAST(m AS STRING) AS e8,
  MAP_KEYS(MAP['x', 1.5]) AS e9
FROM (VALUES (MAP['a', 1, 'b', 2]), (MAP['a', CAST(NULL AS INT)]), (CAST(NULL AS MAP<STRING, INT>))) AS t(m);
