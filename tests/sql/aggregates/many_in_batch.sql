-- All aggregates in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, COLLECT(bidder) AS c, PERCENTILE(price, 0.5) AS p, VAR_POP(CAST(price AS DOUBLE)) AS v, CARDINALITY(ARRAY_AGG(id)) AS n FROM bids GROUP BY auction;
