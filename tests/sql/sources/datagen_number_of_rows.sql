-- The number of rows ends a table of random values, and one of sequences before these are over.
CREATE TABLE g (a INT, b BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '7', 'rows-per-second' = '1000',
  'fields.b.kind' = 'sequence', 'fields.b.start' = '1', 'fields.b.end' = '1000');
SELECT b, a IS NULL AS missing FROM g;
