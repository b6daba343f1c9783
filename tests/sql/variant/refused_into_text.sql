-- A VARIANT goes into no other column.
CREATE TABLE t (v STRING) WITH ('connector' = 'blackhole');
INSERT INTO t SELECT PARSE_JSON('1');
