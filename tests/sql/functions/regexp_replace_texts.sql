-- REGEXP_REPLACE and REGEXP: groups in the replacement, special characters.
SELECT s AS k,
  REGEXP_REPLACE(s, p, r) AS e0,
  REGEXP(s, p) AS e1
FROM (VALUES ('abc','b','x'), ('abc','(b)','$1$1'), ('abc','b','\\'), ('a.c','\.','-'), ('abc','','-'), ('a1b2','\d','#'), ('a b','\s','_'), ('ab','(?i)A','x'), (CAST(NULL AS STRING),'a','b'), ('a',CAST(NULL AS STRING),'b'), ('a','a',CAST(NULL AS STRING))) AS t(s, p, r);
