-- Empty lines of CSV are skipped.
CREATE TABLE o (id INT, a STRING, b STRING) WITH ('connector' = 'filesystem', 'path' = 'data/odd.csv', 'format' = 'csv', 'csv.allow-comments' = 'true');
SELECT COUNT(*) AS n FROM o;
