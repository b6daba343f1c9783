-- GROUP BY TUMBLE with its auxiliaries.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, TUMBLE_START(ts, INTERVAL '20' SECOND) AS s, TUMBLE_END(ts, INTERVAL '20' SECOND) AS e, TUMBLE_ROWTIME(ts, INTERVAL '20' SECOND) AS r, COUNT(*) AS n FROM trades GROUP BY sym, TUMBLE(ts, INTERVAL '20' SECOND);
