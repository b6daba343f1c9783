-- A dropped table can be created anew.
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
DROP TABLE auctions;
DROP TABLE IF EXISTS auctions;
CREATE TABLE auctions (id STRING) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT MIN(id) AS id FROM auctions;
