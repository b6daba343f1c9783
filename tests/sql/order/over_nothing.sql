-- Order and limit over no rows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/empty.jsonl', 'format' = 'json');
SELECT id FROM trades ORDER BY id LIMIT 3;
