-- JSON_QUOTE and JSON_UNQUOTE.
SELECT s AS k,
  JSON_QUOTE(s) AS e0,
  JSON_UNQUOTE(s) AS e1,
  JSON_UNQUOTE(JSON_QUOTE(s)) AS e2
FROM (VALUES ('abc'), ('a"b'), ('a\b'), ('a/b'), ('여울'), (''), ('"abc"'), ('"a\u00e9"'), ('"bad'), ('[1,2]'), ('1'), ('"a\nb"'), (CAST(NULL AS STRING))) AS t(s);
