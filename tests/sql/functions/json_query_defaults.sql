-- JSON_QUERY: ON EMPTY and ON ERROR.
SELECT j AS k,
  JSON_QUERY(j, 'lax $.zz' EMPTY ARRAY ON EMPTY) AS e0,
  JSON_QUERY(j, 'lax $.zz' EMPTY OBJECT ON EMPTY) AS e1,
  JSON_QUERY(j, 'lax $.a' EMPTY ARRAY ON ERROR) AS e2,
  JSON_QUERY(j, 'strict $.zz' EMPTY OBJECT ON ERROR) AS e3,
  JSON_QUERY(j, 'strict $.zz' NULL ON EMPTY EMPTY ARRAY ON ERROR) AS e4,
  JSON_QUERY(j, 'lax $.b' NULL ON EMPTY NULL ON ERROR) AS e5
FROM (VALUES ('{"a": 1, "b": {"c": "x", "d": [1, 2, {"e": true}]}, "n": null, "f": 1.50, "s": "te\"xt", "big": 12345678901234567890, "k": "7"}'), ('[1, "two", null, {"a": 5}]'), ('"text"'), ('12'), ('true'), ('null'), ('{}'), ('[]'), ('nonsense'), ('{"a": {"b": [{"c": 1}, {"c": 2}]}}'), ('{"a": 1, "a": 2}'), (''), (CAST(NULL AS STRING))) AS t(j);
