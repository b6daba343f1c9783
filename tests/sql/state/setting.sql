-- All state lives for an hour, which the query does not last.
SET 'table.exec.state.ttl' = '1 h';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT a.kind, COUNT(DISTINCT b.bidder) AS bidders, MAX(b.price) AS top FROM
(SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, id) AS r FROM bids) WHERE r <= 2) AS b
JOIN auctions AS a ON b.auction = a.id GROUP BY a.kind;
