-- Keep-first rows are append only and can be put in windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW d AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym, px ORDER BY ts ASC) AS n FROM trades) WHERE n = 1;
SELECT window_start, COUNT(*) AS n, SUM(px) AS s FROM TABLE(TUMBLE(TABLE d, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
