-- Top-N over rows and aggregates together.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (ORDER BY v DESC, k) AS n FROM (SELECT CAST(id AS STRING) AS k, px AS v FROM trades UNION ALL SELECT sym, SUM(qty) FROM trades GROUP BY sym)) WHERE n <= 4;
