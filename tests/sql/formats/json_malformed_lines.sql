-- Lines that are no object, or no JSON: left out, as far as Flink leaves them out.
CREATE TABLE t (id INT, s STRING) WITH ('connector' = 'filesystem', 'path' = 'data/json_malformed.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
