-- UNION ALL of filters on one table.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id, 'high' AS what FROM bids WHERE price > 10 UNION ALL SELECT id, 'ann' FROM bids WHERE bidder = 'ann';
