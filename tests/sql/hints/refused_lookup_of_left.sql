-- LOOKUP of the left side.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT /*+ LOOKUP('table' = 'a') */ a.id, b.px FROM trades AS a JOIN trades AS b ON a.sym = b.sym AND a.id < b.id;
