-- COT of zero is infinite.
SELECT x AS k,
  COT(x) AS e0,
  COT(CAST(x AS FLOAT)) AS e1
FROM (VALUES (1E0), (-1E0), (0.5E0), (CAST(NULL AS DOUBLE))) AS t(x);
