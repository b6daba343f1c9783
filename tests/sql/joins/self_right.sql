-- A right join of a table with itself.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id AS dear, b.id, b.price FROM (SELECT * FROM bids WHERE price > 11) AS a RIGHT JOIN bids AS b ON a.auction = b.auction AND a.price > b.price;
