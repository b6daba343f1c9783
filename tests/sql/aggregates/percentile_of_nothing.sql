-- PERCENTILE of NULLs, and of distinct values.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, PERCENTILE(price, 0.5) FILTER (WHERE price < 0) AS n, PERCENTILE(DISTINCT price, 0.5) AS d FROM bids GROUP BY auction;
