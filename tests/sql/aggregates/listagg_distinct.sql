-- LISTAGG of distinct texts keeps the order of their first coming.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, LISTAGG(DISTINCT bidder) AS who, LISTAGG(DISTINCT id, '; ') AS ids FROM bids GROUP BY auction;
