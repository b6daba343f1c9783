-- Groups and DISTINCT by VARIANTs.
SELECT JSON_STRING(v) AS s, COUNT(*) AS n FROM (SELECT PARSE_JSON(j) AS v FROM (VALUES ('{"a":1}'),('{"a": 1}'),('{"a":1.0}'),('{"b":2,"a":1}'),('{"a":1,"b":2}'),('[1]'),('null'),('"x"'),('1'),('1.0'),('1.00'),('1e0'),(CAST(NULL AS STRING))) AS a(j)) GROUP BY v;
