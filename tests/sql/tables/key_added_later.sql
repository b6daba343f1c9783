-- A key that is added makes its columns NOT NULL.
CREATE TABLE a (x INT, y INT) WITH ('connector' = 'datagen');
ALTER TABLE a ADD PRIMARY KEY (x) NOT ENFORCED;
SHOW CREATE TABLE a;
