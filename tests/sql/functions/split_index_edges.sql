-- SPLIT_INDEX with texts and characters as separators.
SELECT s AS k,
  SPLIT_INDEX(s, d, i) AS e0,
  SPLIT_INDEX(s, 44, i) AS e1,
  SPLIT_INDEX(s, 0, i) AS e2
FROM (VALUES ('a,b,c',',',0), ('a,b,c',',',2), ('a,b,c',',',3), ('a,b,c',',',-1), ('',',',0), ('a b',' ',1), ('a b','',1), ('a--b','--',1), (CAST(NULL AS STRING),',',0), ('a',CAST(NULL AS STRING),0)) AS t(s, d, i);
