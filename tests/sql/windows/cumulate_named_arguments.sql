-- Named arguments of CUMULATE.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_start, window_end, COUNT(*) AS n, SUM(qty) AS q, MIN(px) AS lo, MAX(px) AS hi FROM TABLE(CUMULATE(DATA => TABLE trades, TIMECOL => DESCRIPTOR(ts), STEP => INTERVAL '20' SECOND, SIZE => INTERVAL '60' SECOND)) GROUP BY window_start, window_end;
