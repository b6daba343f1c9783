-- Too few columns for the sink.
CREATE TABLE o (a INT, b INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT 1;
