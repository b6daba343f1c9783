-- PERCENTILE interpolates.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, PERCENTILE(price, 0.5) AS median, PERCENTILE(price, 0) AS low, PERCENTILE(price, 1) AS high, PERCENTILE(CAST(price AS DOUBLE), 0.9) AS p90 FROM bids GROUP BY auction;
