-- Flink refuses this of a VARIANT.
SELECT PARSE_JSON('{"a":1}')['a'] = PARSE_JSON('1') AS v;
