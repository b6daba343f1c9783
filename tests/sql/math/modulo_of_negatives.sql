-- The remainder has the dividend's sign.
SELECT x, y, MOD(x, y) AS m, x % y AS p FROM (VALUES (7, 3), (-7, 3), (7, -3), (-7, -3)) AS t(x, y);
