-- A CSV field that does not fit its type fails the job.
CREATE TABLE q (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = 'data/broken.csv', 'format' = 'csv');
SELECT * FROM q;
