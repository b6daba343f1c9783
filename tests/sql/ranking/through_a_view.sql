-- The number is held to a range by a query over a view.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW ranked AS SELECT id, sym, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC, id) AS n FROM trades;
SELECT id, sym, n FROM ranked WHERE n <= 2;
