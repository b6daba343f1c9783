-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT bidder, window_start, window_end, SUM(price) AS a0, AVG(CAST(price AS DOUBLE)) AS a1
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '30' SECOND))
WHERE price > 2
GROUP BY bidder, window_start, window_end;
