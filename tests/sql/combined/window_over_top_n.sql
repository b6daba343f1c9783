-- Windows over a Top-N, whose rows are taken back.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW g AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC, id) AS n FROM trades) WHERE n <= 2;
SELECT window_start, SUM(px) AS c FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
