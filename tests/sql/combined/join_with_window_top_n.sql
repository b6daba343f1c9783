-- A regular join with what windows give.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW best AS SELECT window_start, id, sym FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, sym ORDER BY px DESC, id) AS n FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND))) WHERE n = 1;
SELECT b.window_start, b.id, t.qty FROM best AS b JOIN trades AS t ON b.id = t.id;
