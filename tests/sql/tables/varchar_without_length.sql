-- A column that is VARCHAR or VARBINARY without a length takes values of any.
CREATE TABLE t (a VARCHAR, b CHAR, c VARBINARY, d BINARY, e VARCHAR(3), f ROW<x VARCHAR>, g CHARACTER VARYING, h BINARY VARYING, i CHAR VARYING, j ARRAY<VARCHAR>,
  k MAP<VARCHAR, VARBINARY>) WITH ('connector' = 'blackhole');
DESCRIBE t;
