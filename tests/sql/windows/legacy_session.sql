-- GROUP BY SESSION with its auxiliaries.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, SESSION_START(ts, INTERVAL '10' SECOND) AS s, SESSION_END(ts, INTERVAL '10' SECOND) AS e, SESSION_ROWTIME(ts, INTERVAL '10' SECOND) AS r, COUNT(*) AS n, SUM(qty) AS q FROM trades GROUP BY sym, SESSION(ts, INTERVAL '10' SECOND);
