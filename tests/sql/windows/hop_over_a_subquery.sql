-- HOP over a query in parentheses and over a view.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW big AS SELECT sym, px, qty, ts FROM trades WHERE qty > 1;
SELECT sym, window_end, SUM(qty) AS q FROM TABLE(HOP((SELECT * FROM big), DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)) GROUP BY sym, window_start, window_end;
