-- REPLACE, CONCAT, CONCAT_WS, INITCAP.
SELECT a AS k,
  REPLACE(a, b, c) AS e0,
  CONCAT(a, b, c) AS e1,
  CONCAT_WS(a, b, c) AS e2,
  CONCAT_WS('-', a, b, c) AS e3,
  a || b || c AS e4,
  INITCAP(a) AS e5
FROM (VALUES ('banana','an','X'), ('banana','','X'), ('banana','a',''), ('','','x'), ('여울','울','x'), (CAST(NULL AS STRING),'a','b'), ('a',CAST(NULL AS STRING),'b'), ('a','b',CAST(NULL AS STRING))) AS t(a, b, c);
