-- IN over a derived table.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id FROM bids WHERE auction IN (SELECT x FROM (SELECT auction AS x, COUNT(*) AS n FROM bids GROUP BY auction) WHERE n = 1);
