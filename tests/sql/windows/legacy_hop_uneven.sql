-- A legacy HOP whose size is no multiple of its slide.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT HOP_START(ts, INTERVAL '10' SECOND, INTERVAL '25' SECOND) AS s, COUNT(*) AS n, MAX(px) AS m FROM trades GROUP BY HOP(ts, INTERVAL '10' SECOND, INTERVAL '25' SECOND);
