-- An inner join on a column that a left join made NULL.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT b.id, a.title, o.id AS other FROM bids AS b LEFT JOIN auctions AS a ON a.id = b.auction AND a.reserve > 50 JOIN bids AS o ON o.auction = a.id;
