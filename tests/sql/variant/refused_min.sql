-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(MIN(v)) AS s FROM (SELECT PARSE_JSON('1') AS v);
