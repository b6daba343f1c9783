-- STARTSWITH and ENDSWITH over texts and bytes.
SELECT a AS k,
  STARTSWITH(a, b) AS e0,
  ENDSWITH(a, b) AS e1,
  STARTSWITH(CAST(a AS BYTES), CAST(b AS BYTES)) AS e2,
  ENDSWITH(ENCODE(a, 'UTF-8'), ENCODE(b, 'UTF-8')) AS e3
FROM (VALUES ('hello','he'), ('hello','lo'), ('hello',''), ('','a'), ('여울','여'), ('여울','울'), (CAST(NULL AS STRING),'a'), ('a',CAST(NULL AS STRING))) AS t(a, b);
