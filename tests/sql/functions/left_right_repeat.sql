-- LEFT, RIGHT, REPEAT, REVERSE, SUBSTR.
SELECT s AS k,
  LEFT(s, n) AS e0,
  RIGHT(s, n) AS e1,
  REPEAT(s, n) AS e2,
  REVERSE(s) AS e3,
  SUBSTR(s, n) AS e4,
  SUBSTRING(s FROM n FOR 2) AS e5,
  SUBSTR(s, n, n) AS e6
FROM (VALUES ('hello',2), ('hello',0), ('hello',-2), ('hello',99), ('여울',1), ('',1), (CAST(NULL AS STRING),1), ('a',CAST(NULL AS INT))) AS t(s, n);
