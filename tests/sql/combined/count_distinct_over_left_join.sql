-- COUNT DISTINCT over a left join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT a.sym, COUNT(DISTINCT b.id) AS d, COUNT(b.id) AS n FROM trades AS a LEFT JOIN trades AS b ON a.sym = b.sym AND a.px < b.px GROUP BY a.sym;
