-- A mini-batch needs a latency.
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.size' = '3';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction;
