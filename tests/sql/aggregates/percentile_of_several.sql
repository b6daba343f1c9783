-- PERCENTILE at several places, with frequencies.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, PERCENTILE(px, ARRAY[0.25, 0.5, 0.75]) AS q, PERCENTILE(px, 0.5, qty) AS weighed, PERCENTILE(px, ARRAY[0.1E0, 0.9E0], qty) AS ws FROM trades GROUP BY sym;
