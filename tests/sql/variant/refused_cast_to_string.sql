-- Flink refuses this of a VARIANT.
SELECT CAST(PARSE_JSON('1') AS STRING) AS v;
