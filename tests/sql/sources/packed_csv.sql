-- A compressed file of CSV, with a line feed within quotes.
CREATE TABLE t (n INT, a STRING, b STRING) WITH (
  'connector' = 'filesystem', 'path' = 'data/packed.csv.gz', 'format' = 'csv');
SELECT n, a, b FROM t;
