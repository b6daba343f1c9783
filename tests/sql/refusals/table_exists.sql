-- A table that exists already.
CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');
CREATE TABLE t (a INT) WITH ('connector' = 'blackhole');
