-- Variances of integers are computed in integers.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, VAR_POP(px) AS vp, VAR_SAMP(px) AS vs, STDDEV_POP(px) AS sp, STDDEV_SAMP(px) AS ss, VAR_POP(qty) AS vq FROM trades GROUP BY sym;
