-- A sink needs a subtask.
CREATE TABLE d (a INT) WITH ('connector' = 'print', 'sink.parallelism' = '0');
INSERT INTO d VALUES (1);
SELECT 1 AS a;
