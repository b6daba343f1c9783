-- In batch a table without a number of rows is refused, also if a sequence ends it.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '2');
SELECT * FROM g;
