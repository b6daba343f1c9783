-- Partitions are committed at the end of the input, whatever the trigger; the success file is no row.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv',
  'sink.partition-commit.trigger' = 'partition-time', 'sink.partition-commit.delay' = '1 h', 'sink.partition-commit.policy.kind' = 'success-file',
  'partition.time-extractor.timestamp-pattern' = '$p 00:00:00');
INSERT INTO o VALUES (1, '2024-01-01'), (2, '2024-01-02');
SELECT * FROM o;
