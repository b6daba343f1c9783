-- JSON_EXISTS.
SELECT j AS k,
  JSON_EXISTS(j, '$.a') AS e0,
  JSON_EXISTS(j, 'lax $.a') AS e1,
  JSON_EXISTS(j, 'strict $.a') AS e2,
  JSON_EXISTS(j, '$.n') AS e3,
  JSON_EXISTS(j, 'lax $.n') AS e4,
  JSON_EXISTS(j, 'strict $.zz' TRUE ON ERROR) AS e5,
  JSON_EXISTS(j, 'strict $.zz' FALSE ON ERROR) AS e6,
  JSON_EXISTS(j, 'strict $.zz' UNKNOWN ON ERROR) AS e7,
  JSON_EXISTS(j, '$[0]') AS e8,
  JSON_EXISTS(j, '$') AS e9,
  JSON_EXISTS(j, '$.a.b[*].c') AS e10,
  JSON_EXISTS(j, 'lax $..zz') AS e11
FROM (VALUES ('{"a": 1, "b": {"c": "x", "d": [1, 2, {"e": true}]}, "n": null, "f": 1.50, "s": "te\"xt", "big": 12345678901234567890, "k": "7"}'), ('[1, "two", null, {"a": 5}]'), ('"text"'), ('12'), ('true'), ('null'), ('{}'), ('[]'), ('nonsense'), ('{"a": {"b": [{"c": 1}, {"c": 2}]}}'), ('{"a": 1, "a": 2}'), (''), (CAST(NULL AS STRING))) AS t(j);
