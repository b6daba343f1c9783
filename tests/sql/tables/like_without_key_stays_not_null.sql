-- A column of the base's key holds no NULLs, also without the key.
CREATE TABLE s (a INT, b AS a*2, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector'='blackhole'); CREATE TABLE t (c STRING) LIKE s (EXCLUDING CONSTRAINTS EXCLUDING WATERMARKS); SHOW CREATE TABLE t;
