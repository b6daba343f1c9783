-- JSON_QUERY: RETURNING ARRAY<STRING>.
SELECT j AS k,
  JSON_QUERY(j, '$' RETURNING ARRAY<STRING>) AS e0,
  JSON_QUERY(j, '$' RETURNING STRING) AS e1,
  JSON_QUERY(j, '$[0]' RETURNING ARRAY<STRING> WITH WRAPPER) AS e2
FROM (VALUES ('["a", "b"]'), ('[1, 2]'), ('[]'), ('{}'), ('nonsense'), ('[null, "x"]'), (CAST(NULL AS STRING))) AS t(j);
