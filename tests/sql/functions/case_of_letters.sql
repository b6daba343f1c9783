-- UPPER, LOWER, INITCAP beyond ASCII.
SELECT s AS k,
  UPPER(s) AS e0,
  LOWER(s) AS e1,
  INITCAP(s) AS e2,
  CHAR_LENGTH(s) AS e3
FROM (VALUES ('straße'), ('İstanbul'), ('ÀÉ'), ('hello wORLD_x 1a'), ('ﬁ'), (CAST(NULL AS STRING))) AS t(s);
