-- JSON aggregates of some rows, and of none.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, JSON_ARRAYAGG(id) FILTER (WHERE price > 9) AS a, JSON_OBJECTAGG(KEY id VALUE price) FILTER (WHERE price < 0) AS o FROM bids GROUP BY auction;
