-- What Java knows besides: POSIX classes, quoting, ASCII classes, ends.
SELECT s AS k,
  REGEXP(s, '\p{Alpha}+') AS e0,
  REGEXP(s, '\Qa.b\E') AS e1,
  REGEXP(s, '\d') AS e2,
  REGEXP(s, '^\w+$') AS e3,
  REGEXP(s, 'x$') AS e4,
  REGEXP_COUNT(s, '\p{Punct}') AS e5,
  REGEXP_EXTRACT(s, '(?<name>[a-c]+)', 1) AS e6,
  REGEXP_COUNT(s, '[a-c&&[^b]]') AS e7
FROM (VALUES ('abc def'), ('a.b'), ('٣'), ('é_1'), ('x' || CHR(10)), (CAST(NULL AS STRING))) AS t(s);
