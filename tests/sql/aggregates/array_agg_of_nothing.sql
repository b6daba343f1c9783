-- ARRAY_AGG where nothing passes.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, ARRAY_AGG(bidder) FILTER (WHERE price < 0) AS a, ARRAY_AGG(CAST(NULL AS INT) IGNORE NULLS) AS n, CARDINALITY(ARRAY_AGG(id)) AS c FROM bids GROUP BY auction;
