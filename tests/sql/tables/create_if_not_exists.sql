-- IF NOT EXISTS leaves the first table.
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
CREATE TABLE IF NOT EXISTS auctions (x INT) WITH ('connector' = 'nothing');
SELECT COUNT(*) AS n FROM auctions;
