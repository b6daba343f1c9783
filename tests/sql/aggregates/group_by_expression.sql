-- Grouping by an expression; the key need not be shown.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT COUNT(*) AS n, MIN(id) AS first_id FROM bids GROUP BY CHAR_LENGTH(bidder), auction = 1;
