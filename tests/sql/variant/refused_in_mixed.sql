-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON(j) IN (PARSE_JSON('1'), TRY_PARSE_JSON('2')) AS s FROM (VALUES ('1')) AS t(j);
