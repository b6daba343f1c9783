-- Two correlations joined by `OR`; none is found for a NULL, as in Flink.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, (SELECT AVG(px) FROM trades b WHERE b.sym = a.sym OR b.qty = a.qty) AS m FROM trades a;
