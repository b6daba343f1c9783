-- IN with a correlated condition.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id FROM bids AS a WHERE a.price IN (SELECT b.price FROM bids AS b WHERE b.bidder = a.bidder AND b.id <> a.id);
