-- A query as a value two levels down that names columns of the outermost.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id FROM trades a WHERE EXISTS (SELECT 1 FROM trades b WHERE b.sym = a.sym AND b.px > (SELECT AVG(px) FROM trades c WHERE c.sym = a.sym));
