-- Within rows, arrays and maps a VARIANT has a text.
SELECT j, CAST(ROW(PARSE_JSON(j), 1) AS STRING) AS r, CAST(ARRAY[PARSE_JSON(j)] AS STRING) AS a, CAST(MAP['k', PARSE_JSON(j)] AS STRING) AS m FROM (VALUES ('{"a":1}'),('{"a": 1}'),('{"a":1.0}'),('{"b":2,"a":1}'),('{"a":1,"b":2}'),('[1]'),('null'),('"x"'),('1'),('1.0'),('1.00'),('1e0'),(CAST(NULL AS STRING))) AS a(j);
