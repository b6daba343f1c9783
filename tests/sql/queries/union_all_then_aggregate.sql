-- An aggregate over UNION ALL.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT who, COUNT(*) AS n FROM (SELECT bidder AS who FROM bids UNION ALL SELECT 'ann' FROM bids WHERE auction = 2) GROUP BY who;
