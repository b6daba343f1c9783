-- A multiset has no CARDINALITY in Flink.
CREATE TABLE nested (
  id INT, who ROW<name STRING, home ROW<city STRING, zip INT>>, tags ARRAY<STRING>, counts MAP<STRING, INT>
) WITH ('connector' = 'filesystem', 'path' = 'data/nested.jsonl', 'format' = 'json');
SELECT CARDINALITY(COLLECT(tags)) AS t FROM nested;
