-- Variances per key; of one value.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, VAR_POP(CAST(price AS DOUBLE)) AS vp, VAR_SAMP(CAST(price AS DOUBLE)) AS vs, VARIANCE(CAST(price AS DOUBLE)) AS v, STDDEV_POP(CAST(price AS DOUBLE)) AS sp, STDDEV_SAMP(CAST(price AS DOUBLE)) AS ss FROM bids GROUP BY auction;
