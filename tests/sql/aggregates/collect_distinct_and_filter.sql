-- COLLECT of distinct values, and of some rows.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, COLLECT(DISTINCT bidder) AS who, COLLECT(id) FILTER (WHERE price > 9) AS dear FROM bids GROUP BY auction;
