-- A CHAR has its length from its type.
CREATE TABLE g (a CHAR(3)) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.a.length' = '2');
SELECT * FROM g;
