-- Precedence of operators.
SELECT 1 + 2 * 3 AS a, (1 + 2) * 3 AS b, NOT FALSE AND FALSE AS c, TRUE OR FALSE AND FALSE AS d, 10 - 4 - 3 AS e, 2 * 3 % 4 AS f, - 2 + 5 AS g,
  1 < 2 = TRUE AS h, 'a' || 'b' = 'ab' AS i, NOT 1 = 2 AS j, 8 / 4 / 2 AS k;
