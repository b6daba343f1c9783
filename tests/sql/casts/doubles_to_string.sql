-- Doubles as text, in Java's form.
SELECT CAST(x AS STRING) AS s, CAST(CAST(x AS FLOAT) AS STRING) AS f
FROM (VALUES (1E0), (0.1E0), (1E7), (9999999E0), (1E-3), (1E-4), (12345.125E3), (1E21), (1E300), (-0.0E0), (3.0E-10)) AS t(x);
