-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(PARSE_JSON(X'31')) AS v;
