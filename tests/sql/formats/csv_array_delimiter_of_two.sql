-- A delimiter of array elements that is more than one character.
CREATE TABLE t (a ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = 'data/csv_rows.csv', 'format' = 'csv', 'csv.array-element-delimiter' = '::');
SELECT * FROM t;
