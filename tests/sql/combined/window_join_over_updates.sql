-- Windows of rows that are taken back, joined by window.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW g AS SELECT id, sym, px, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1;
SELECT a.id, b.px FROM (SELECT * FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS a JOIN (SELECT * FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND))) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.id = b.id;
