-- LIMIT without an order in batch, of as many rows as there are.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT COUNT(*) AS c FROM (SELECT * FROM trades LIMIT 100);
