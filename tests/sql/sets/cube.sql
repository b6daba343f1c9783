-- CUBE with GROUPING_ID.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, bidder, SUM(price) AS s, GROUPING_ID(auction, bidder) AS g FROM bids GROUP BY CUBE (auction, bidder);
