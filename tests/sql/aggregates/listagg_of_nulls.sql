-- LISTAGG passes over NULLs; of none it is NULL.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, LISTAGG(bidder, '|') AS who, LISTAGG(bidder) FILTER (WHERE price < 0) AS nobody FROM bids GROUP BY auction;
