-- JSON_ARRAYAGG takes values back.
-- The order of arrival counts.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT JSON_ARRAYAGG(px) AS a, JSON_ARRAYAGG(qty NULL ON NULL) AS q FROM (SELECT sym, SUM(qty) AS qty, MAX(px) AS px, LAST_VALUE(id) AS id FROM trades GROUP BY sym);
