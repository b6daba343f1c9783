-- A text into an INT column is not cast implicitly.
CREATE TABLE o (a INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT 'x';
