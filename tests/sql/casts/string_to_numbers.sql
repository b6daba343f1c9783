-- Texts to numbers with TRY_CAST.
SELECT x, TRY_CAST(x AS INT) AS i, TRY_CAST(x AS BIGINT) AS bi, TRY_CAST(x AS DOUBLE) AS d, TRY_CAST(x AS DECIMAL(6, 2)) AS de, TRY_CAST(x AS TINYINT) AS ti
FROM (VALUES ('1'), (' 2 '), ('-3.7'), ('+4'), ('1e3'), ('abc'), (''), ('2147483648'), ('1.005'), ('0x10'), ('.5')) AS t(x);
