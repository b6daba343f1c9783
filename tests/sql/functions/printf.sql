-- PRINTF.
SELECT i AS k,
  PRINTF('%d', i) AS e0,
  PRINTF('%s', s) AS e1,
  PRINTF('%5d|%-5d|%05d', i, i, i) AS e2,
  PRINTF('%.2f', d) AS e3,
  PRINTF('%s %s', i, s) AS e4,
  PRINTF('%d%%', i) AS e5,
  PRINTF('%x %X', i, i) AS e6,
  PRINTF('%10s|%-10s|', s, s) AS e7,
  PRINTF('%d', s) AS e8,
  PRINTF('%s') AS e9,
  PRINTF('no', i) AS e10,
  PRINTF('%e', d) AS e11,
  PRINTF('%2$s %1$s', i, s) AS e12,
  PRINTF('%b', TRUE) AS e13,
  PRINTF('%,d', i) AS e14,
  PRINTF('%+d', i) AS e15
FROM (VALUES (1,'x',1.5E0), (-20,'여울',-0.25E0), (CAST(NULL AS INT),CAST(NULL AS STRING),CAST(NULL AS DOUBLE))) AS t(i, s, d);
