-- Logarithms and powers.
SELECT x AS k,
  LN(x) AS e0,
  LOG10(x) AS e1,
  LOG2(x) AS e2,
  LOG(x) AS e3,
  LOG(2E0, x) AS e4,
  LOG(x, 10E0) AS e5,
  EXP(x) AS e6,
  SQRT(x) AS e7,
  POWER(x, 2E0) AS e8,
  POWER(2, x) AS e9,
  PI() AS e10,
  E() AS e11,
  PI() AS e12,
  E() * x AS e13
FROM (VALUES (1E0), (0.5E0), (2E0), (100E0), (8E0), (CAST(NULL AS DOUBLE))) AS t(x);
