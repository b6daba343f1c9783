-- LOCATE and POSITION.
SELECT s AS k,
  LOCATE(t, s) AS e0,
  LOCATE(t, s, p) AS e1,
  POSITION(t IN s) AS e2
FROM (VALUES ('banana','an',1), ('banana','an',3), ('banana','an',0), ('banana','an',-1), ('banana','',1), ('banana','',9), ('','',1), ('여울','울',1), (CAST(NULL AS STRING),'a',1), ('a',CAST(NULL AS STRING),1), ('a','a',CAST(NULL AS INT))) AS t(s, t, p);
