-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON(j) = PARSE_JSON('1') AS v FROM (VALUES ('1'), (CAST(NULL AS STRING))) AS t(j);
