-- A view over a view, with column names of its own.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE VIEW costly (bid, amount) AS SELECT id, price FROM bids WHERE price > 8;
CREATE TEMPORARY VIEW costlier AS SELECT bid, amount * 2 AS twice FROM costly WHERE amount > 12;
SELECT * FROM costlier;
