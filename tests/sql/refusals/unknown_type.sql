-- A type that does not exist.
CREATE TABLE t (a TEXT) WITH ('connector' = 'blackhole');
