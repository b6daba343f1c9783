-- Nor is a query.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS t (k, s);
SELECT a.id, v.s FROM trades AS a JOIN v FOR SYSTEM_TIME AS OF a.seen ON a.id = v.k;
