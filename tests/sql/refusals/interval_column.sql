-- INTERVAL is no column type.
CREATE TABLE t (a INTERVAL DAY) WITH ('connector' = 'blackhole');
