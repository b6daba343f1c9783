-- Infinity and NaN of doubles.
SELECT x, x > 1E308 AS big, CAST(x AS STRING) AS s FROM (VALUES (CAST('Infinity' AS DOUBLE)), (CAST('NaN' AS DOUBLE)), (CAST('-Infinity' AS DOUBLE))) AS t(x);
