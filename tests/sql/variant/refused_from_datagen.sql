-- datagen makes no VARIANT.
CREATE TABLE t (a INT, v VARIANT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
SELECT 1 AS x FROM t;
