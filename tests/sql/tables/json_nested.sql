-- Rows, arrays and maps from JSON; fields of fields.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>,
  items ARRAY<ROW<sku STRING, n INT>>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT id, who, tags, counts, items, who.name AS name, nested.who.home.city AS city, tags[1] AS first_tag, counts['a'] AS a, items[1].sku AS sku, CARDINALITY(tags) AS n FROM nested;
