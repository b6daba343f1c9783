-- A kind's name is spelled as it is.
CREATE TABLE k (a INT) WITH ('connector' = 'datagen', 'fields.a.kind' = 'SEQUENCE', 'fields.a.start' = '1', 'fields.a.end' = '2');
SELECT * FROM k;
