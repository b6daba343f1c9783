-- Reading from a sink that is no source.
CREATE TABLE o (a INT) WITH ('connector' = 'blackhole');
SELECT * FROM o;
