-- URL_ENCODE and URL_DECODE.
SELECT s AS k,
  URL_ENCODE(s) AS e0,
  URL_DECODE(s) AS e1,
  URL_DECODE(URL_ENCODE(s)) AS e2
FROM (VALUES ('a b&c=d/e?f'), (''), ('여울'), ('a+b%20c'), ('%zz'), ('%'), ('*-._~'), ('%EC%97'), (CAST(NULL AS STRING))) AS t(s);
