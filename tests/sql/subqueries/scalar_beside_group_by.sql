-- Flink refuses a correlated query beside GROUP BY.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, (SELECT MAX(px) FROM trades b WHERE b.id = a.id) AS m FROM trades a GROUP BY sym;
