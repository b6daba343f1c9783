-- A Top-N into a table that appends.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE TABLE tops (id INT) WITH ('connector' = 'filesystem', 'path' = 'out/tops', 'format' = 'json');
INSERT INTO tops SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC) AS n FROM trades) WHERE n <= 2;
SELECT * FROM tops;
