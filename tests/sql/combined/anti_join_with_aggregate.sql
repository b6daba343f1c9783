-- Rows of symbols that pass no HAVING.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id FROM trades AS t WHERE NOT EXISTS (SELECT 1 FROM (SELECT sym, COUNT(*) AS c FROM trades GROUP BY sym) AS g WHERE g.sym = t.sym AND c > 4);
