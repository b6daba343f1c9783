-- NOT NULL columns and a primary key in the DDL.
CREATE TABLE t (id BIGINT NOT NULL, title STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'filesystem', 'path' = 'data/auctions.csv', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT id, title FROM t WHERE id < 4;
