-- A column that was a key still holds no NULLs.
CREATE TABLE t (a INT, b STRING, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector'='blackhole'); ALTER TABLE t DROP PRIMARY KEY; ALTER TABLE t MODIFY b BIGINT; DESCRIBE t;
