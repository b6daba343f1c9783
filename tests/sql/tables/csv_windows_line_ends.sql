-- CR LF, and no line end at the end.
CREATE TABLE o (id INT, a STRING) WITH ('connector' = 'filesystem', 'path' = 'data/crlf.csv', 'format' = 'csv');
SELECT id, a, CHAR_LENGTH(a) AS n FROM o;
