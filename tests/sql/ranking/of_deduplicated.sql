-- Top-N over the last row of each key.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, px, m FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY px DESC, id) AS m FROM (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1)) WHERE m <= 3;
