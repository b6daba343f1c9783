-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT window_start, window_end, COUNT(*) AS a0, SUM(price) AS a1, MAX(bidder) AS a2, AVG(CAST(price AS DOUBLE)) AS a3
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '30' SECOND))
WHERE bidder <> 'ann'
GROUP BY window_start, window_end;
