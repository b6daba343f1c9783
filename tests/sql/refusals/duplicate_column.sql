-- Two columns of one name.
CREATE TABLE t (a INT, a STRING) WITH ('connector' = 'blackhole');
