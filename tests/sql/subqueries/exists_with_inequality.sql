-- A correlation by an inequality besides the key.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, a.price FROM bids AS a WHERE NOT EXISTS (SELECT * FROM bids AS b WHERE b.auction = a.auction AND b.price > a.price);
