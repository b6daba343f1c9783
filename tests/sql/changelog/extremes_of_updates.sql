-- MIN and MAX of values that are taken back.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, MIN(s) AS lo, MAX(s) AS hi, MIN(n) AS few FROM (SELECT auction, bidder, COUNT(*) AS n, SUM(price) AS s FROM bids GROUP BY auction, bidder) GROUP BY auction;
