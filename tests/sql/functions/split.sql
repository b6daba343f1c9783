-- SPLIT.
SELECT s AS k,
  SPLIT(s, d) AS e0,
  CARDINALITY(SPLIT(s, d)) AS e1
FROM (VALUES ('a,b,c',','), ('a,,c',','), (',a,',','), ('',','), ('abc',''), ('abc','bc'), ('a--b','--'), ('여울','울'), (CAST(NULL AS STRING),','), ('a',CAST(NULL AS STRING))) AS t(s, d);
