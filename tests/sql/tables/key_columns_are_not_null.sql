-- Columns of the key are NOT NULL, said or not.
CREATE TABLE a (x INT, y INT, z INT, CONSTRAINT pk PRIMARY KEY (x, y) NOT ENFORCED) WITH ('connector' = 'datagen');
SHOW CREATE TABLE a;
