-- INSTR with start and appearance.
SELECT s AS k,
  INSTR(s, t) AS e0,
  INSTR(s, t, p) AS e1,
  INSTR(s, t, p, n) AS e2
FROM (VALUES ('banana','an',1,1), ('banana','an',1,2), ('banana','an',3,1), ('banana','an',-1,1), ('banana','an',-1,2), ('banana','an',-4,1), ('banana','a',0,1), ('banana','',1,1), ('banana','zz',1,1), ('여울여','여',2,1), (CAST(NULL AS STRING),'a',1,1), ('a',CAST(NULL AS STRING),1,1)) AS t(s, t, p, n);
