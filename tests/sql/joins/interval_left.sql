-- An interval join that keeps unmatched rows of the left.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, a.ts, b.id AS later FROM bids AS a LEFT JOIN bids AS b ON a.auction = b.auction AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '1' MINUTE;
