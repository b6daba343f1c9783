-- Arithmetic over aggregates.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, SUM(price) / COUNT(price) AS mean, MAX(price) - MIN(price) AS spread, CAST(COUNT(*) AS DOUBLE) / 2 AS half FROM bids GROUP BY auction;
