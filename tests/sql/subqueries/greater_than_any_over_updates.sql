-- `> ANY` over rows that are taken back.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW latest AS SELECT id, sym, px, qty, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS rn FROM trades) WHERE rn = 1;
SELECT id, px > ANY (SELECT px FROM latest) AS m FROM trades a;
