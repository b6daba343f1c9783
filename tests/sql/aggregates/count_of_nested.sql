-- COUNT of rows, arrays and maps.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT COUNT(who) AS w, COUNT(tags) AS t, COUNT(counts) AS c, COUNT(DISTINCT tags) AS dt FROM nested;
