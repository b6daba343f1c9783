-- SHA2 with the length from a column.
SELECT s AS k,
  SHA2(s, n) AS e0
FROM (VALUES ('abc', 256), ('abc', 512), ('abc', CAST(NULL AS INT)), (CAST(NULL AS STRING), 224)) AS t(s, n);
