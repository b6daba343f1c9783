-- The first row by event time; rows come late.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym, px ORDER BY ts) AS n FROM trades) WHERE n = 1;
