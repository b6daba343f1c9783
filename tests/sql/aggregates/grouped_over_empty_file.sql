-- A grouped aggregate over an empty file gives no row.
CREATE TABLE nothing (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'data/empty.jsonl', 'format' = 'json');
SELECT k, COUNT(*) AS n FROM nothing GROUP BY k;
