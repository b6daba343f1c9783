-- An expression over a COUNT, correlated by two conditions.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, (SELECT COUNT(*) + 1 FROM trades b WHERE b.px = a.px AND b.id < a.id) AS c FROM trades a;
