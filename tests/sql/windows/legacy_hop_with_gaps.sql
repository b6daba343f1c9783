-- A legacy HOP whose slide is longer than its size.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '4' SECOND) AS s, COUNT(*) AS n FROM trades GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '4' SECOND);
