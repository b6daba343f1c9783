-- Catalog and database in front of a table.
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SELECT a.id FROM default_catalog.default_database.auctions AS a WHERE a.id = 1;
