-- A left join of a table with itself: rows that match nothing, NULL keys.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, a.auction, b.id AS dear FROM bids AS a LEFT JOIN bids AS b ON a.auction = b.auction AND b.price > 13;
