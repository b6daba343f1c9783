-- Narrowing wraps; fractions are cut off.
SELECT CAST(x AS TINYINT) AS ti, CAST(x AS SMALLINT) AS si, CAST(x AS INT) AS i, CAST(x AS BIGINT) AS bi, CAST(x AS FLOAT) AS f, CAST(x AS DECIMAL(12, 1)) AS de
FROM (VALUES (1.5E0), (-1.5E0), (300.7E0), (3000000000E0), (-0.0E0)) AS t(x);
