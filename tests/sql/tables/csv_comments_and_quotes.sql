-- Comments, padding, quoted delimiters and line breaks.
CREATE TABLE o (id INT, a STRING, b STRING) WITH ('connector' = 'filesystem', 'path' = 'data/odd.csv', 'format' = 'csv', 'csv.allow-comments' = 'true');
SELECT * FROM o;
