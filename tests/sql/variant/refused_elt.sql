-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(ELT(1, PARSE_JSON('1'))) AS v;
