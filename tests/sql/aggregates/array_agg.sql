-- ARRAY_AGG keeps NULLs unless told otherwise.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, ARRAY_AGG(bidder) AS who, ARRAY_AGG(bidder IGNORE NULLS) AS known, ARRAY_AGG(bidder RESPECT NULLS) AS everyone FROM bids GROUP BY auction;
