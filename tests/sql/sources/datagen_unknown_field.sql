-- An option of a column that isn't there.
CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.b.min' = '1');
SELECT * FROM g;
