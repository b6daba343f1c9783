-- Tabs between fields, written as Java escapes them, and an escape character.
CREATE TABLE t (id INT, s STRING, u STRING) WITH ('connector' = 'filesystem', 'path' = 'data/csv_escaped_tabs.csv', 'format' = 'csv', 'csv.field-delimiter' = '\t', 'csv.quote-character' = '''', 'csv.escape-character' = '\');
SELECT * FROM t;
