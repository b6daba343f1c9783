-- STARTSWITH, ENDSWITH, ELT, BTRIM.
SELECT x, STARTSWITH(x, 'ab') AS s, ENDSWITH(x, 'c') AS e, BTRIM(x, 'ac') AS t, ELT(2, 'x', x) AS el FROM (VALUES ('abc'), (''), (CAST(NULL AS STRING))) AS t(x);
