-- FILTER (WHERE …).
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT bidder, COUNT(*) FILTER (WHERE price > 10) AS high, SUM(price) FILTER (WHERE auction = 1) AS first_auction, COUNT(*) AS n FROM bids GROUP BY bidder;
