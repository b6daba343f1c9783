-- Tabs between fields, single quotes, an escape and a null literal.
CREATE TABLE t (id INT, s STRING, u STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_tabs.csv', 'format' = 'csv', 'csv.field-delimiter' = U&'\0009', 'csv.quote-character' = '''', 'csv.null-literal' = '\N');
SELECT * FROM t;
