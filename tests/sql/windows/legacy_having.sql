-- HAVING and expressions over legacy windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT CONCAT('from ', CAST(TUMBLE_START(ts, INTERVAL '30' SECOND) AS STRING)) AS s, SUM(qty) * 2 AS q FROM trades GROUP BY TUMBLE(ts, INTERVAL '30' SECOND) HAVING COUNT(*) > 3;
