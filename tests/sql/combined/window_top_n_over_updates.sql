-- The first of each window, of rows that are taken back.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW g AS SELECT id, sym, px, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1;
SELECT id, window_start FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY px DESC) AS r FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE r <= 1;
