-- JSON_QUERY.
SELECT j AS k,
  JSON_QUERY(j, '$.a') AS e0,
  JSON_QUERY(j, '$.b') AS e1,
  JSON_QUERY(j, '$.b.d') AS e2,
  JSON_QUERY(j, 'lax $.a' WITH WRAPPER) AS e3,
  JSON_QUERY(j, '$.b' WITH CONDITIONAL WRAPPER) AS e4,
  JSON_QUERY(j, '$.a' WITH CONDITIONAL WRAPPER) AS e5,
  JSON_QUERY(j, '$.b.d' WITH CONDITIONAL WRAPPER) AS e6,
  JSON_QUERY(j, '$.b.d' WITH UNCONDITIONAL ARRAY WRAPPER) AS e7,
  JSON_QUERY(j, '$') AS e8,
  JSON_QUERY(j, '$.a.b[*].c') AS e9,
  JSON_QUERY(j, '$.a.b[*].c' WITH CONDITIONAL WRAPPER) AS e10,
  JSON_QUERY(j, '$.n') AS e11,
  JSON_QUERY(j, '$.s' WITH WRAPPER) AS e12,
  JSON_QUERY(j, '$.f' WITH WRAPPER) AS e13,
  JSON_QUERY(j, '$.big' WITH WRAPPER) AS e14
FROM (VALUES ('{"a": 1, "b": {"c": "x", "d": [1, 2, {"e": true}]}, "n": null, "f": 1.50, "s": "te\"xt", "big": 12345678901234567890, "k": "7"}'), ('[1, "two", null, {"a": 5}]'), ('"text"'), ('12'), ('true'), ('null'), ('{}'), ('[]'), ('nonsense'), ('{"a": {"b": [{"c": 1}, {"c": 2}]}}'), ('{"a": 1, "a": 2}'), (''), (CAST(NULL AS STRING))) AS t(j);
