-- Numbers between a number and itself.
CREATE TABLE d (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '2', 'fields.a.min' = '3', 'fields.a.max' = '3');
SELECT a FROM d;
