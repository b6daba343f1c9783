-- UNNEST of a multiset that is updated.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, who FROM (SELECT auction, COLLECT(bidder) AS m FROM bids GROUP BY auction) CROSS JOIN UNNEST(m) AS u (who);
