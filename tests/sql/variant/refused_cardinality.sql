-- Flink refuses this of a VARIANT.
SELECT CARDINALITY(PARSE_JSON('[1]')) AS v;
