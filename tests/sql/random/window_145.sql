-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, bidder, window_start, window_end, SUM(auction) AS a0, AVG(CAST(price AS DOUBLE)) AS a1, SUM(price) FILTER (WHERE bidder = 'ann') AS a2, MAX(bidder) AS a3
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
WHERE bidder <> 'ann'
GROUP BY auction, bidder, window_start, window_end;
