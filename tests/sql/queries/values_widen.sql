-- Rows of VALUES have their columns' common types.
SELECT a, b, c FROM (VALUES (1, 'x', 1.5), (2.25, 'yyyy', 2), (3, CAST(NULL AS STRING), CAST(NULL AS INT))) AS t(a, b, c);
