-- A sequence needs both ends.
CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1');
SELECT * FROM g;
