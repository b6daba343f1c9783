-- ARRAY_AGG of rows, arrays and maps.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT ARRAY_AGG(who) AS w, ARRAY_AGG(tags) AS t, ARRAY_AGG(ROW(id, tags)) AS r FROM nested;
