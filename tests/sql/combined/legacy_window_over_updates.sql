-- GROUP BY TUMBLE over rows that are taken back.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW d AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1;
SELECT TUMBLE_START(ts, INTERVAL '20' SECOND) AS w, COUNT(*) AS n, SUM(px) AS p FROM d GROUP BY TUMBLE(ts, INTERVAL '20' SECOND);
