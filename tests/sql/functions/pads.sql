-- LPAD and RPAD.
SELECT s AS k,
  LPAD(s, n, p) AS e0,
  RPAD(s, n, p) AS e1
FROM (VALUES ('ab',5,'xy'), ('ab',1,'x'), ('ab',0,'x'), ('ab',-1,'x'), ('ab',5,''), ('여',3,'울'), ('',2,'z'), (CAST(NULL AS STRING),2,'z'), ('a',CAST(NULL AS INT),'z'), ('a',2,CAST(NULL AS STRING))) AS t(s, n, p);
