-- LAST_VALUE and FIRST_VALUE of values that are taken back.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT n, LAST_VALUE(auction) AS l, FIRST_VALUE(auction) AS f FROM (SELECT auction, COUNT(*) AS n FROM bids WHERE auction = 2 GROUP BY auction) GROUP BY n;
