-- UNNEST of an array that is updated.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, p, o FROM (SELECT sym, ARRAY_AGG(px) AS a FROM trades GROUP BY sym) CROSS JOIN UNNEST(a) WITH ORDINALITY AS u (p, o);
