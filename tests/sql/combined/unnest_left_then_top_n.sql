-- Top-N over unnested elements.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT id, t, n FROM (SELECT id, t, ROW_NUMBER() OVER (PARTITION BY id ORDER BY t DESC) AS n FROM nested LEFT JOIN UNNEST(tags) AS u (t) ON TRUE) WHERE n = 1;
