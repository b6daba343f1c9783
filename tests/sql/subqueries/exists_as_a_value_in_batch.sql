-- A correlated `EXISTS` in the SELECT list, in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, EXISTS (SELECT 1 FROM trades b WHERE b.sym = a.sym AND b.px > a.px) AS e FROM trades a;
