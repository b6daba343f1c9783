-- JSON_VALUE: ON EMPTY and ON ERROR.
SELECT j AS k,
  JSON_VALUE(j, 'lax $.a' DEFAULT 'none' ON EMPTY) AS e0,
  JSON_VALUE(j, 'lax $.a' DEFAULT 'bad' ON ERROR) AS e1,
  JSON_VALUE(j, 'strict $.a' DEFAULT 'none' ON EMPTY DEFAULT 'bad' ON ERROR) AS e2,
  JSON_VALUE(j, 'lax $.n' DEFAULT 'none' ON EMPTY DEFAULT 'bad' ON ERROR) AS e3,
  JSON_VALUE(j, '$.a' DEFAULT 'none' ON EMPTY DEFAULT 'bad' ON ERROR) AS e4,
  JSON_VALUE(j, 'lax $.b' DEFAULT 'none' ON EMPTY DEFAULT 'bad' ON ERROR) AS e5,
  JSON_VALUE(j, 'lax $.a' NULL ON EMPTY NULL ON ERROR) AS e6
FROM (VALUES ('{"a": 1, "b": {"c": "x", "d": [1, 2, {"e": true}]}, "n": null, "f": 1.50, "s": "te\"xt", "big": 12345678901234567890, "k": "7"}'), ('[1, "two", null, {"a": 5}]'), ('"text"'), ('12'), ('true'), ('null'), ('{}'), ('[]'), ('nonsense'), ('{"a": {"b": [{"c": 1}, {"c": 2}]}}'), ('{"a": 1, "a": 2}'), (''), (CAST(NULL AS STRING))) AS t(j);
