-- LISTAGG over all rows, with an empty separator.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT LISTAGG(id, '') AS ids, LISTAGG(CAST(auction AS STRING), ', ') AS a FROM bids;
