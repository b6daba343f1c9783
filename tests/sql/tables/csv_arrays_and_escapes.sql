-- Arrays in a field; an escape character; no quoting.
CREATE TABLE o (a STRING, n ARRAY<INT>, s STRING) WITH ('connector' = 'filesystem', 'path' = 'data/escapes.csv', 'format' = 'csv',
  'csv.field-delimiter' = '|', 'csv.escape-character' = '\', 'csv.disable-quote-character' = 'true');
SELECT a, n, s FROM o;
