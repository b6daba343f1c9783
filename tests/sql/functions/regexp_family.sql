-- REGEXP_COUNT, REGEXP_INSTR, REGEXP_SUBSTR, REGEXP_EXTRACT_ALL.
SELECT s AS k,
  REGEXP_COUNT(s, p) AS e0,
  REGEXP_INSTR(s, p) AS e1,
  REGEXP_SUBSTR(s, p) AS e2,
  REGEXP_EXTRACT_ALL(s, p) AS e3,
  REGEXP_EXTRACT_ALL(s, p, 0) AS e4,
  REGEXP_EXTRACT_ALL(s, p, 2) AS e5,
  REGEXP_EXTRACT(s, p) AS e6,
  REGEXP_EXTRACT(s, p, 1) AS e7,
  REGEXP_EXTRACT_ALL(s, p, -1) AS e8
FROM (VALUES ('a1b22c333','[0-9]+'), ('a1b22c333','([a-z])([0-9]+)'), ('abc','x'), ('',''), ('abc',''), ('abc','('), ('여울여','여'), ('aaa','a'), (CAST(NULL AS STRING),'a'), ('a',CAST(NULL AS STRING))) AS t(s, p);
