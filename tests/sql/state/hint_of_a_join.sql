-- State of each side lives for a time of its own, longer than the query runs.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT /*+ STATE_TTL('b' = '2 d', 'auctions' = '12 h') */ b.id, auctions.title FROM bids AS b LEFT JOIN auctions ON b.auction = auctions.id;
