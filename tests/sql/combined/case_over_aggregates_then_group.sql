-- Groups of groups.
-- The order of arrival counts.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT size, COUNT(*) AS n, LISTAGG(sym) AS syms FROM (SELECT sym, CASE WHEN COUNT(*) > 4 THEN 'many' ELSE 'few' END AS size FROM trades GROUP BY sym) GROUP BY size;
