-- DISTINCT arguments.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT COUNT(DISTINCT bidder) AS b, COUNT(DISTINCT id) AS i, SUM(DISTINCT auction) AS s, COUNT(bidder) AS n FROM bids;
