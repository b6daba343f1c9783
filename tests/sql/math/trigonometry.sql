-- Trigonometric functions.
SELECT x, SIN(x) AS s, COS(x) AS c, TAN(x) AS t, ATAN(x) AS a, ATAN2(x, 2E0) AS a2, DEGREES(x) AS d, RADIANS(x) AS r FROM (VALUES (0E0), (1E0), (-0.5E0)) AS t(x);
