-- JSON_VALUE: RETURNING BIGINT.
SELECT j AS k,
  JSON_VALUE(j, '$.i' RETURNING BIGINT) AS e0
FROM (VALUES ('{"i": 12, "d": 1.5, "b": true, "s": "12", "x": "abc", "n": null}'), ('{"i": -3, "d": 2, "b": false, "s": "7.5", "x": "true"}'), ('{}'), (CAST(NULL AS STRING))) AS t(j);
