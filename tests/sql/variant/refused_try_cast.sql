-- Flink refuses this of a VARIANT.
SELECT TRY_CAST(PARSE_JSON('1') AS DOUBLE) AS v;
