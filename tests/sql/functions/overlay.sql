-- OVERLAY.
SELECT s AS k,
  OVERLAY(s PLACING r FROM p) AS e0,
  OVERLAY(s PLACING r FROM p FOR n) AS e1
FROM (VALUES ('abcdef','XX',2,1), ('abcdef','XX',1,2), ('abcdef','XX',6,1), ('abcdef','XX',7,1), ('abcdef','XX',0,1), ('abcdef','XX',-1,1), ('abcdef','XX',3,0), ('abcdef','XX',3,-2), ('abcdef','XX',3,100), ('abcdef','',2,2), ('여울강','X',2,1), (CAST(NULL AS STRING),'a',1,1), ('a',CAST(NULL AS STRING),1,1)) AS t(s, r, p, n);
