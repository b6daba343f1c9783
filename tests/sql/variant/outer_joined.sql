-- A VARIANT beside the key of an outer join.
SELECT JSON_STRING(x.v) AS s, k FROM (SELECT j, PARSE_JSON(j) AS v FROM (VALUES ('{"a":1}'),('{"a": 1}'),('{"a":1.0}'),('{"b":2,"a":1}'),('{"a":1,"b":2}'),('[1]'),('null'),('"x"'),('1'),('1.0'),('1.00'),('1e0'),(CAST(NULL AS STRING))) AS a(j)) AS x LEFT JOIN (VALUES ('1', 5)) AS y(j, k) ON x.j = y.j;
