-- SHOW TABLES and SHOW VIEWS.
CREATE VIEW a AS SELECT 1 AS x;
CREATE TABLE auctions (id BIGINT, title STRING, kind STRING, reserve INT)
WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv');
SHOW TABLES;
