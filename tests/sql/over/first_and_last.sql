-- FIRST_VALUE and LAST_VALUE.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, FIRST_VALUE(px) OVER w AS f, LAST_VALUE(px) OVER w AS l FROM trades WINDOW w AS (PARTITION BY sym ORDER BY ts);
