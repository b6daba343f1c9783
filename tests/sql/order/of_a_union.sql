-- Order and limit of a union.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id FROM trades WHERE id < 3 UNION ALL SELECT id FROM trades WHERE id > 20 ORDER BY id DESC LIMIT 3;
