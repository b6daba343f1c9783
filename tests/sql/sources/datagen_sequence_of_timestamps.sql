-- Times can't be counted up.
CREATE TABLE g (a TIMESTAMP(3)) WITH ('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '2');
SELECT * FROM g;
