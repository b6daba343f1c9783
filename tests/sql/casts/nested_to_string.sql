-- Rows, arrays and maps as text.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>,
  items ARRAY<ROW<sku STRING, n INT>>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT id, CAST(who AS STRING) AS w, CAST(tags AS STRING) AS t, CAST(counts AS STRING) AS c FROM nested;
