-- ARRAY_JOIN.
SELECT a AS k,
  ARRAY_JOIN(a, d) AS e0,
  ARRAY_JOIN(a, d, n) AS e1
FROM (VALUES (ARRAY['x','y','z'], ',', '-'), (ARRAY['x',CAST(NULL AS STRING),'z'], ',', '-'), (ARRAY[''], ',', '-'), (CAST(NULL AS ARRAY<STRING>), ',', '-'), (ARRAY['x'], CAST(NULL AS STRING), '-'), (ARRAY['x',CAST(NULL AS STRING)], '', CAST(NULL AS STRING))) AS t(a, d, n);
