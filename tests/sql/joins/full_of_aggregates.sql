-- A full join whose sides are updating aggregates, by the aggregates.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.auction, b.bidder, a.n, b.m FROM (SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) AS a FULL JOIN (SELECT bidder, COUNT(*) AS m FROM bids GROUP BY bidder) AS b ON a.n = b.m;
