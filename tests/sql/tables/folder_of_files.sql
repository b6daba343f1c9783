-- A folder's files are read together; hidden ones are not.
CREATE TABLE p (k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'data/parts', 'format' = 'json');
SELECT k, SUM(v) AS s FROM p GROUP BY k;
