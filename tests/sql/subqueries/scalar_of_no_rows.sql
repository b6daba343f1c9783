-- An aggregate of no rows.
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT id FROM auctions WHERE reserve > (SELECT MAX(reserve) FROM auctions WHERE kind = 'nothing');
