-- A join of rows that are updated in the join's key, in several subtasks.
SET 'parallelism.default' = '3';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT b.bidder, b.n, a.title FROM (SELECT bidder, COUNT(*) AS n FROM bids GROUP BY bidder) AS b LEFT JOIN auctions AS a ON b.n = a.id;
