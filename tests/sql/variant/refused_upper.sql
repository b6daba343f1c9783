-- Flink refuses this of a VARIANT.
SELECT UPPER(PARSE_JSON('1')) AS v;
