-- EXCEPT ALL with updates on both sides.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT CHAR_LENGTH(sym) AS v FROM trades EXCEPT ALL SELECT CHAR_LENGTH(sym) FROM (SELECT sym, SUM(qty) AS q FROM trades GROUP BY sym) WHERE q > 5;
