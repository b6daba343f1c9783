-- Escapes, a field twice, numbers as texts, texts as numbers, nested text, an empty object.
CREATE TABLE t (id INT, s STRING, n DOUBLE) WITH ('connector' = 'filesystem', 'path' = 'data/odd.jsonl', 'format' = 'json');
SELECT * FROM t;
