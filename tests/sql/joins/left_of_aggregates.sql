-- A left join whose sides are updating aggregates.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.bidder, a.n, b.m FROM (SELECT bidder, COUNT(*) AS n FROM bids GROUP BY bidder) AS a LEFT JOIN (SELECT bidder, MIN(price) AS m FROM bids WHERE price > 8 GROUP BY bidder) AS b ON a.bidder = b.bidder;
