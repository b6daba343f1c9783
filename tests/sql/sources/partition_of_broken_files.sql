-- A partition that the filter leaves out is not read: its file is broken.
CREATE TABLE d (id INT, `day` STRING) PARTITIONED BY (`day`) WITH ('connector' = 'filesystem', 'path' = 'data/half_broken', 'format' = 'json');
SELECT id FROM d WHERE `day` > '2024-01-01' AND id > 0;
