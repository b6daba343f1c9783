-- ARRAY_AGG of distinct values, and of some rows.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, ARRAY_AGG(DISTINCT bidder) AS who, ARRAY_AGG(DISTINCT bidder IGNORE NULLS) AS known, ARRAY_AGG(price) FILTER (WHERE price > 9) AS dear FROM bids GROUP BY auction;
