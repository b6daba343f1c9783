-- Delimiter, quote character and NULL literal of CSV.
CREATE TABLE q (a STRING, n INT, ts TIMESTAMP(3), p DECIMAL(5, 2)) WITH ('connector' = 'filesystem', 'path' = 'data/quotes.csv', 'format' = 'csv',
  'csv.field-delimiter' = ';', 'csv.quote-character' = '''', 'csv.null-literal' = 'n/a');
SELECT * FROM q;
