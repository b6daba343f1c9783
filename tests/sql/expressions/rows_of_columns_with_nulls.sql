-- Rows of columns with NULLs in them compared.
SELECT (a, b) = (c, d) AS e, (a, b) <> (c, d) AS n, (a, b) IN ((c, d), (1, 2)) AS i, (a, b) NOT IN ((c, d), (1, 2)) AS o FROM (VALUES (1, 2, 1, 2), (1, 2, 1, 3), (1, CAST(NULL AS INT), 1, 2), (1, CAST(NULL AS INT), 2, 2), (1, CAST(NULL AS INT), 1, CAST(NULL AS INT)), (CAST(NULL AS INT), CAST(NULL AS INT), 1, 2)) AS t(a, b, c, d);
