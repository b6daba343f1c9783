-- ASCII and CHR.
SELECT s AS k,
  ASCII(s) AS e0,
  CHR(i) AS e1,
  CHAR_LENGTH(CHR(i)) AS e2,
  ASCII(CHR(i)) AS e3
FROM (VALUES ('A', 65), ('', 0), ('é', 233), ('😀', 300), ('b', -1), (CAST(NULL AS STRING), CAST(NULL AS INT)), ('zz', 256), ('x', 321)) AS t(s, i);
