-- A full join of a table with itself on a key with NULLs.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, a.auction, b.id AS other FROM (SELECT * FROM bids WHERE price < 10) AS a FULL JOIN (SELECT * FROM bids WHERE price >= 10) AS b ON a.auction = b.auction;
