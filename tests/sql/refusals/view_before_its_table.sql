-- A view over a table that is created later.
CREATE VIEW v AS SELECT id FROM later;
CREATE TABLE later (id INT) WITH ('connector' = 'blackhole');
