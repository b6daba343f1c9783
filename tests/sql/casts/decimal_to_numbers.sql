-- Decimals to numbers, and to decimals of other scale (rounds half up).
SELECT CAST(x AS INT) AS i, CAST(x AS DOUBLE) AS d, CAST(x AS DECIMAL(6, 1)) AS d1, CAST(x AS DECIMAL(4, 0)) AS d0
FROM (VALUES (1.25), (-1.25), (1.55), (999.95), (0.05)) AS t(x);
