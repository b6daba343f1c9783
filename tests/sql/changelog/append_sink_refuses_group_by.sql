-- An append-only sink takes no updates.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE sink (a INT, n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out/sink', 'format' = 'json');
INSERT INTO sink SELECT auction, COUNT(*) FROM bids GROUP BY auction;
SELECT * FROM sink;
