-- Flink refuses this of a VARIANT.
SELECT SUM(v) AS s FROM (SELECT PARSE_JSON('1') AS v);
