-- UNION of updating aggregations.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT n FROM (SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) UNION SELECT n FROM (SELECT bidder, COUNT(*) AS n FROM bids GROUP BY bidder);
