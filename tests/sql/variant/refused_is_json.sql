-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON('1') IS JSON AS v;
