-- `CASE x WHEN a, b THEN …` compares with each of them.
CREATE TABLE types (
  id INT, b BOOLEAN, i INT, s STRING
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CASE id WHEN 1, 2 THEN 'few' WHEN 3, 1 + 3 THEN 'more' ELSE s END AS a, CASE b WHEN TRUE, FALSE THEN 1 END AS b FROM types;
