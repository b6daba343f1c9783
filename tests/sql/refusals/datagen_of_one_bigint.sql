-- Bounds of a BIGINT with nothing between them.
CREATE TABLE d (b BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '2', 'fields.b.min' = '7', 'fields.b.max' = '7');
SELECT b FROM d;
