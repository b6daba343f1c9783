-- Aggregates over grouping sets.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, bidder, LISTAGG(id) AS ids, VAR_POP(CAST(price AS DOUBLE)) AS v, COLLECT(id) AS c FROM bids GROUP BY GROUPING SETS ((auction), (bidder), ());
