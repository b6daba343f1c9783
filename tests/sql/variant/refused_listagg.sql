-- Flink refuses this of a VARIANT.
SELECT LISTAGG(v) AS s FROM (SELECT PARSE_JSON('1') AS v);
