-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(CAST('1' AS VARIANT)) AS v;
