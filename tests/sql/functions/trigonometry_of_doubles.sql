-- Angles.
SELECT x AS k,
  SIN(x) AS e0,
  COS(x) AS e1,
  TAN(x) AS e2,
  ASIN(x) AS e3,
  ACOS(x) AS e4,
  ATAN(x) AS e5,
  SINH(x) AS e6,
  COSH(x) AS e7,
  TANH(x) AS e8,
  DEGREES(x) AS e9,
  RADIANS(x) AS e10,
  ATAN2(x, 2E0) AS e11,
  ATAN2(1E0, x) AS e12
FROM (VALUES (0E0), (1E0), (-1E0), (0.5E0), (2E0), (100E0), (1E-300), (-2.5E0), (CAST(NULL AS DOUBLE))) AS t(x);
