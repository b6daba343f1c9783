-- A primary key without NOT ENFORCED.
CREATE TABLE t (a INT NOT NULL, PRIMARY KEY (a)) WITH ('connector' = 'blackhole');
