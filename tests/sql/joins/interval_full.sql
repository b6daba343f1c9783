-- An interval join that keeps unmatched rows of both sides.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, b.id AS other FROM (SELECT * FROM bids WHERE price > 9) AS a FULL JOIN (SELECT * FROM bids WHERE price <= 9) AS b ON a.bidder = b.bidder AND a.ts >= b.ts - INTERVAL '1' MINUTE AND a.ts < b.ts + INTERVAL '1' MINUTE;
