-- Flink refuses this of a VARIANT.
SELECT JSON_QUOTE(PARSE_JSON('1')) AS v;
