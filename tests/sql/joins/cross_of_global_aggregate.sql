-- Each row beside an aggregate of all rows.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT b.id, b.price, g.top FROM bids AS b CROSS JOIN (SELECT MAX(price) AS top FROM bids) AS g;
