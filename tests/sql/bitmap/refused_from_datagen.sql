-- datagen makes no BITMAP.
CREATE TABLE t (v BITMAP) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
SELECT 1 AS x FROM t;
