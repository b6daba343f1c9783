-- JSON paths: names in brackets, slices, several places, wildcards, depth.
SELECT j AS k,
  JSON_VALUE(j, '$.a[''b.c'']') AS e0,
  JSON_QUERY(j, '$.a.x[1:3]') AS e1,
  JSON_QUERY(j, '$.a.x[0,2]') AS e2,
  JSON_QUERY(j, '$.a.y.*') AS e3,
  JSON_QUERY(j, '$..k') AS e4,
  JSON_QUERY(j, 'lax $[*].p') AS e5,
  JSON_QUERY(j, '$.a.x[-2:]') AS e6,
  JSON_QUERY(j, '$.a.x[:2]') AS e7,
  JSON_VALUE(j, '$[-1].p') AS e8,
  JSON_VALUE(j, '$.a.x[9]' DEFAULT 'gone' ON ERROR) AS e9,
  JSON_VALUE(j, 'lax $.a.x[9]' DEFAULT 'none' ON EMPTY) AS e10,
  JSON_VALUE(j, '  lax   $.a.y.k') AS e11,
  JSON_VALUE(j, 'LAX $.a.y.k') AS e12,
  JSON_VALUE(j, '$.a.y.k ') AS e13,
  JSON_QUERY(j, '$["a"]["y"]') AS e14,
  JSON_EXISTS(j, 'lax $.a.x[9]') AS e15
FROM (VALUES ('{"a": {"b.c": 1, "x": [1, 2, 3, 4], "y": {"k": 7}}}'), ('{}'), ('[{"p": 1}, {"p": 5}]'), (CAST(NULL AS STRING))) AS t(j);
