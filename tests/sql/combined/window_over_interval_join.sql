-- A window over an interval join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW pairs AS SELECT a.id AS l, b.id AS r, a.sym, a.px, a.ts FROM trades AS a JOIN trades AS b ON a.sym = b.sym AND a.id <> b.id AND b.ts BETWEEN a.ts - INTERVAL '5' SECOND AND a.ts;
SELECT window_start, sym, COUNT(*) AS n, SUM(px) AS s FROM TABLE(TUMBLE(TABLE pairs, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, sym;
