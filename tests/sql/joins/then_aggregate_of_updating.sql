-- An aggregation of a join of updating sides.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT n, COUNT(*) AS c, SUM(dear) AS s, MIN(dear) AS lo FROM (SELECT a.auction, a.n, b.dear FROM (SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) AS a JOIN (SELECT auction, MAX(price) AS dear FROM bids GROUP BY auction) AS b ON a.auction = b.auction) GROUP BY n;
