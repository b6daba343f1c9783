-- FIRST_VALUE and LAST_VALUE of rows, arrays and maps.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT FIRST_VALUE(who) AS w, LAST_VALUE(who) AS lw, FIRST_VALUE(tags) AS t, LAST_VALUE(tags) AS lt, LAST_VALUE(counts) AS c FROM nested;
