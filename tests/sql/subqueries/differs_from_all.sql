-- `<> ALL` is `NOT IN`.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id FROM trades a WHERE px <> ALL (SELECT px FROM trades WHERE sym = 'y' AND px IS NOT NULL);
