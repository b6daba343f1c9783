-- INSERT INTO t (columns): the others are NULL.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, b STRING, c INT) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o (c, a) SELECT x, y FROM (VALUES (1, 2), (3, 4)) AS t(x, y);
SELECT * FROM o;
