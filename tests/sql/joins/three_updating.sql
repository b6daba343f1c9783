-- A join of three tables read from one.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT a.id, b.id AS b, c.n FROM bids AS a JOIN bids AS b ON a.auction = b.auction AND a.price > b.price JOIN (SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) AS c ON c.auction = b.auction;
