-- Compressed files beside plain ones: the ending of a file's name says how. A `.gz` of two parts is read to its end.
CREATE TABLE t (n INT, t STRING, `file.name` STRING NOT NULL METADATA) WITH (
  'connector' = 'filesystem', 'path' = 'data/packed', 'format' = 'json');
SELECT `file.name`, COUNT(*) AS c, SUM(n) AS s, MAX(t) AS m FROM t GROUP BY `file.name`;
