-- A reserved word as a table name.
CREATE TABLE order (a INT) WITH ('connector' = 'blackhole');
