-- Rows with the highest price of their auction.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, a.auction, a.price FROM bids AS a WHERE a.price = (SELECT MAX(b.price) FROM bids AS b WHERE b.auction = a.auction);
