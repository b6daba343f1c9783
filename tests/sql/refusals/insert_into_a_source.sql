-- Writing into a source that is no sink.
CREATE TABLE g (a INT) WITH ('connector' = 'datagen');
INSERT INTO g SELECT 1;
