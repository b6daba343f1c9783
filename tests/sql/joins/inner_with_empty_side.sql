-- An inner join with a side without rows.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, b.id AS other FROM bids AS a JOIN (SELECT * FROM bids WHERE price > 1000) AS b ON a.auction = b.auction;
