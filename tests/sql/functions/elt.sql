-- ELT.
SELECT i AS k,
  ELT(i, a, b) AS e0,
  ELT(i, a) AS e1
FROM (VALUES (1,'x','y'), (2,'x','y'), (3,'x','y'), (0,'x','y'), (-1,'x','y'), (CAST(NULL AS INT),'x','y'), (1,CAST(NULL AS STRING),'y'), (2,CAST(NULL AS STRING),'y')) AS t(i, a, b);
