-- Flink refuses this of a VARIANT.
SELECT JSON_EXISTS(PARSE_JSON('{"a":1}'), '$.a') AS v;
