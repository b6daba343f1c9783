-- Variances of distinct values.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, VAR_POP(DISTINCT CAST(price AS DOUBLE)) AS vp, STDDEV_SAMP(DISTINCT CAST(price AS DOUBLE)) AS ss, VAR_SAMP(CAST(price AS DOUBLE)) FILTER (WHERE price > 8) AS f FROM bids GROUP BY auction;
