-- With an alias the table goes by it.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT /*+ STATE_TTL('bids' = '1 d') */ auction, COUNT(*) AS n FROM bids AS b GROUP BY auction;
