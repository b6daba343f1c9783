-- Each JSON value in a column of each type; what can't be read is NULL.
CREATE TABLE t (id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, d DOUBLE, d5 DECIMAL(5, 2), d38 DECIMAL(38, 10), c CHAR(3), v VARCHAR(2), s STRING)
WITH ('connector' = 'filesystem', 'path' = 'data/json_values.jsonl', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
SELECT * FROM t;
