-- Each text of a time in a column of each type, standard SQL.
CREATE TABLE t (id INT, d DATE, t TIME, t3 TIME(3), ts TIMESTAMP, ts3 TIMESTAMP(3), l3 TIMESTAMP_LTZ(3), l6 TIMESTAMP_LTZ(6))
WITH ('connector' = 'filesystem', 'path' = 'data/json_times.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'SQL');
SELECT * FROM t;
