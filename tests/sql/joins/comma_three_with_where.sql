-- Three tables with commas; WHERE joins and filters them.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT x.id, y.id AS y, a.title FROM bids AS x, auctions AS a, bids AS y WHERE x.auction = a.id AND y.auction = a.id AND x.price > 10 AND y.price < 13 AND a.reserve < 200;
