-- An inner join and a left join; WHERE is on the first table.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT b.id, c.n, a.title FROM bids AS b JOIN (SELECT auction, COUNT(*) AS n FROM bids GROUP BY auction) AS c ON c.auction = b.auction LEFT JOIN auctions AS a ON a.id = b.auction WHERE b.price >= 9;
