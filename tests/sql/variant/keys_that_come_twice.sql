-- Of a repeated key the last value, where that is asked for.
SELECT JSON_STRING(PARSE_JSON(j, TRUE)) AS v FROM (VALUES ('{"a":1,"a":2}'), ('{"b":[1],"a":"long enough","b":2,"c":null,"a":{}}'), ('{"a":{"x":1,"x":[2]}}')) AS t(j);
