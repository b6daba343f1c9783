-- LIKE with wildcards and an escape character.
SELECT x, x LIKE 'a%' AS a, x LIKE '_b%' AS b, x LIKE '%!%%' ESCAPE '!' AS c, x NOT LIKE '%c' AS d, x LIKE '' AS e
FROM (VALUES ('abc'), ('a%'), ('bb'), (''), ('a
c'), (CAST(NULL AS STRING))) AS t(x);
