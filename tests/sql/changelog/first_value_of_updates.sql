-- FIRST_VALUE over rows that are updated.
-- The order of arrival counts.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, FIRST_VALUE(price) AS p FROM (SELECT bidder, MAX(price) AS price, LAST_VALUE(id) AS id, MAX(auction) AS auction FROM bids GROUP BY bidder) GROUP BY auction;
