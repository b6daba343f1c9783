-- A text has no smallest value.
CREATE TABLE g (a STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.a.min' = '1');
SELECT * FROM g;
