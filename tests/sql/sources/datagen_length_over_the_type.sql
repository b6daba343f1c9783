-- A text longer than its column.
CREATE TABLE g (a VARCHAR(3)) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.a.length' = '4');
SELECT * FROM g;
