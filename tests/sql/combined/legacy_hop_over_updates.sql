-- Group windows of old over rows that are taken back.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW g AS SELECT id, sym, px, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1;
SELECT HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) AS w, COUNT(*) AS n, MAX(px) AS p FROM g GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND);
