-- Arrays of objects with something else in between: what stands in front of it counts.
CREATE TABLE t (id INT) WITH ('connector' = 'filesystem', 'path' = 'data/json_arrays.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
