-- Flink refuses this of a VARIANT.
SELECT CAST(PARSE_JSON('1') AS INT) AS v;
