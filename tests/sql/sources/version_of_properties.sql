-- The version of a table's properties, which changes nothing.
CREATE TABLE k (a INT, s STRING) WITH ('connector' = 'filesystem', 'property-version' = '1', 'path' = 'data/csv_mark.csv', 'format' = 'csv');
SELECT s FROM k;
