-- HAVING against a value of all rows.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, SUM(price) AS s FROM bids GROUP BY auction HAVING SUM(price) > (SELECT AVG(price) * 2 FROM bids);
