-- Each hint is of the table that it names; the left side of the second join has no name.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT /*+ STATE_TTL('a' = '1 d', 'b' = '2 d', 'c' = '3 d') */ a.title, b.id, c.id AS other FROM auctions AS a
JOIN bids AS b ON a.id = b.auction JOIN bids AS c ON b.bidder = c.bidder AND b.auction = c.auction;
