-- Keeping the first row by event time into a table that appends.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE TABLE firsts (id INT, sym STRING) WITH ('connector' = 'filesystem', 'path' = 'out/firsts', 'format' = 'json');
INSERT INTO firsts SELECT id, sym FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts) AS n FROM trades) WHERE n = 1;
SELECT * FROM firsts;
