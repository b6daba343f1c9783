-- Counting what deduplication leaves.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT COUNT(*) AS n, SUM(price) AS s FROM (SELECT price, ROW_NUMBER() OVER (PARTITION BY id ORDER BY seen) AS n FROM bids) WHERE n = 1;
