-- The folders of texts as partitions: NULL, the empty text, and characters that are escaped.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v INT, p STRING) PARTITIONED BY (p) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o VALUES (1, 'a'), (2, CAST(NULL AS STRING)), (3, ''), (5, 'x=y'), (6, 'é/%:?*"#'), (7, 'null');
CREATE TABLE a (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=a', 'format' = 'json');
CREATE TABLE nn (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=__DEFAULT_PARTITION__', 'format' = 'json');
CREATE TABLE eq (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=x%3Dy', 'format' = 'json');
CREATE TABLE sp (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=é%2F%25%3A%3F%2A%22%23', 'format' = 'json');
CREATE TABLE nu (v INT) WITH ('connector' = 'filesystem', 'path' = 'out/o/p=null', 'format' = 'json');
SELECT 'a' AS k, v FROM a UNION ALL SELECT 'nn' AS k, v FROM nn UNION ALL SELECT 'eq' AS k, v FROM eq UNION ALL SELECT 'sp' AS k, v FROM sp UNION ALL SELECT 'nu' AS k, v FROM nu;
