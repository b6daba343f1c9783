-- `LEFT JOIN LATERAL` over the elements of a column.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>,
  items ARRAY<ROW<sku STRING, n INT>>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT id, x FROM nested n LEFT JOIN LATERAL (SELECT tag AS x FROM UNNEST(n.tags) AS t (tag) WHERE tag <> 'x') AS u ON TRUE;
