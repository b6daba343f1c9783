-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(PARSE_JSON('[1]')[1.0]) AS v;
