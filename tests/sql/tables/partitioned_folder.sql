-- Partition columns come from the folders' names.
CREATE TABLE d (id INT, name STRING, `day` STRING) PARTITIONED BY (`day`) WITH ('connector' = 'filesystem', 'path' = 'data/days', 'format' = 'csv');
SELECT id, name, `day` FROM d;
