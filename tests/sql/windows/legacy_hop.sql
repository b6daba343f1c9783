-- GROUP BY HOP with its auxiliaries.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) AS s, HOP_END(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) AS e, HOP_ROWTIME(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND) AS r, SUM(qty) AS q FROM trades GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '20' SECOND), sym;
