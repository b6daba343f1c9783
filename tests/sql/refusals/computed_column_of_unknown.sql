-- A computed column over an unknown one.
CREATE TABLE t (a INT, b AS c + 1) WITH ('connector' = 'blackhole');
