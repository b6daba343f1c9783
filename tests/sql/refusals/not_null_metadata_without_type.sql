-- A metadata column without a type.
CREATE TABLE t (o METADATA) WITH ('connector' = 'blackhole');
