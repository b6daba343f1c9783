-- Windows of a union.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '90' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
CREATE VIEW u AS SELECT ts, px AS v FROM trades UNION ALL SELECT ts, qty FROM trades;
SELECT window_start, SUM(v) AS s, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
