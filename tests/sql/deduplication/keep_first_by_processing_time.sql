-- The first row of each id stays, in order of arrival; the result is append-only.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT id, auction, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY seen ASC) AS n FROM bids) WHERE n = 1;
