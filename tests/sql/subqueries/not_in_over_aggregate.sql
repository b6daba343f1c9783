-- NOT IN over an updating aggregation.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id, auction FROM bids WHERE id NOT IN (SELECT id FROM bids WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1);
