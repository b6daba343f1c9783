-- An aggregation over an updating aggregation.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT n, COUNT(*) AS many FROM (SELECT auction, bidder, COUNT(*) AS n, SUM(price) AS s FROM bids GROUP BY auction, bidder) GROUP BY n;
