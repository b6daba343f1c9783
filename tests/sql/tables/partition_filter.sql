-- A filter on a partition column.
CREATE TABLE d (id INT, name STRING, `day` STRING) PARTITIONED BY (`day`) WITH ('connector' = 'filesystem', 'path' = 'data/days', 'format' = 'csv');
SELECT id FROM d WHERE `day` = '2024-01-02';
