-- HAVING over lists.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, LISTAGG(id) AS ids FROM bids GROUP BY auction HAVING CARDINALITY(ARRAY_AGG(id)) > 1 AND LISTAGG(bidder) IS NOT NULL;
