-- WITH names queries, used twice.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
WITH a AS (SELECT id, price FROM bids WHERE bidder = 'ann'), b AS (SELECT id FROM a WHERE price > 10)
SELECT a.id, a.price FROM a JOIN b ON a.id = b.id;
