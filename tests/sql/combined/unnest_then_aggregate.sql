-- An aggregate over unnested elements.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT t, COUNT(*) AS n, MAX(id) AS m FROM nested CROSS JOIN UNNEST(tags) AS u (t) GROUP BY t;
