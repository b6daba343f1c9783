-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(PARSE_JSON(5)) AS v;
