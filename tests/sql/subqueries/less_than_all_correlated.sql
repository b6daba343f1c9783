-- `< ALL` of a correlated query.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, px < ALL (SELECT px FROM trades b WHERE b.sym = a.sym AND b.id <> a.id) AS m FROM trades a;
