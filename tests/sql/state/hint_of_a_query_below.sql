-- A hint is of its own query, not of the one below.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT /*+ STATE_TTL('t' = '1 d') */ n, COUNT(*) AS auctions FROM
(SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) AS t GROUP BY n;
