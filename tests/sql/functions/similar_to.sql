-- SIMILAR TO.
SELECT s AS k,
  s SIMILAR TO 'a%c' AS e0,
  s SIMILAR TO 'a(b)+c' AS e1,
  s SIMILAR TO 'a.c' AS e2,
  s SIMILAR TO 'a_c' AS e3,
  s SIMILAR TO '(abc|ac)' AS e4,
  s SIMILAR TO '[a-c]*' AS e5,
  s NOT SIMILAR TO 'ab*c' AS e6,
  s SIMILAR TO 'a!%c' ESCAPE '!' AS e7
FROM (VALUES ('abc'), ('abbc'), ('a.c'), ('ac'), (''), ('a%c'), (CAST(NULL AS STRING))) AS t(s);
