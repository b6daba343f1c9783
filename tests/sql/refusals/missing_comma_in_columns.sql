-- A missing comma between columns.
CREATE TABLE t (a INT b INT) WITH ('connector' = 'blackhole');
