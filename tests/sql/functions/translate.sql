-- TRANSLATE.
SELECT s AS k,
  TRANSLATE(s, f, t) AS e0
FROM (VALUES ('hello','el','ip'), ('hello','el','i'), ('hello','','x'), ('hello','ll','ab'), ('hello','l',''), ('여울','울','x'), (CAST(NULL AS STRING),'a','b'), ('a',CAST(NULL AS STRING),'b'), ('a','a',CAST(NULL AS STRING)), ('www','w','xy')) AS t(s, f, t);
