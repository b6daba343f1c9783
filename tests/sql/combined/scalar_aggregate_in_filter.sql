-- Rows above the mean of their symbol.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT t.id, t.px FROM trades AS t WHERE t.px > (SELECT AVG(px) FROM trades AS o WHERE o.sym = t.sym);
