-- Only texts and bytes vary in length.
CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.a.var-len' = 'true');
SELECT * FROM g;
