-- Two window aggregates joined by their windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT window_start, window_end, sym, SUM(qty) AS q FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, sym;
CREATE VIEW b AS SELECT window_start, window_end, sym, MAX(px) AS p FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, sym;
SELECT a.window_start, a.sym, q, p FROM a JOIN b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.sym = b.sym;
