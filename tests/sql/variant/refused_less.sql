-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON('1') < PARSE_JSON('2') AS v;
