-- Keep-first deduplication by processing time, then a window.
-- The order of arrival counts.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE VIEW once AS
SELECT id, auction, price, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY seen ASC) AS n FROM bids) WHERE n = 1;
SELECT window_start, COUNT(*) AS n, SUM(price) AS s FROM TABLE(TUMBLE(TABLE once, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
