-- LTRIM, RTRIM, BTRIM and TRIM with characters.
SELECT s AS k,
  LTRIM(s) AS e0,
  RTRIM(s) AS e1,
  BTRIM(s) AS e2,
  LTRIM(s, c) AS e3,
  RTRIM(s, c) AS e4,
  BTRIM(s, c) AS e5,
  TRIM(s) AS e6,
  TRIM(LEADING 'x' FROM s) AS e7,
  TRIM(TRAILING 'x' FROM s) AS e8,
  TRIM(BOTH 'x' FROM s) AS e9
FROM (VALUES ('  ab  ',' '), ('xxabxx','x'), ('xyabyx','xy'), ('ab',''), ('',' '), ('여울여','여'), (CAST(NULL AS STRING),'x'), ('x',CAST(NULL AS STRING))) AS t(s, c);
