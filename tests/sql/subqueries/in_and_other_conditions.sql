-- Two tests and a plain condition.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT id FROM bids WHERE price > 5 AND auction IN (SELECT CAST(id AS INT) FROM auctions) AND bidder NOT IN (SELECT bidder FROM bids WHERE price > 50 AND bidder IS NOT NULL);
