-- With csv.ignore-parse-errors.
CREATE TABLE q (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'data/broken.csv', 'format' = 'csv', 'csv.ignore-parse-errors' = 'true');
SELECT * FROM q;
