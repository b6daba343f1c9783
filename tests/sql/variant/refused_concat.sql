-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON('1') || 'x' AS v;
