-- JSON_VALUE and JSON_QUERY read a VARIANT.
SELECT j, JSON_VALUE(PARSE_JSON(j), '$.a') AS a, JSON_VALUE(PARSE_JSON(j), '$.a' RETURNING INT) AS b, JSON_QUERY(PARSE_JSON(j), '$') AS c FROM (VALUES ('{"a":1}'),('{"a": 1}'),('{"a":1.0}'),('{"b":2,"a":1}'),('{"a":1,"b":2}'),('[1]'),('null'),('"x"'),('1'),('1.0'),('1.00'),('1e0'),(CAST(NULL AS STRING))) AS a(j);
