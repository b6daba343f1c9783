-- Literals of every kind.
SELECT 1 AS i, 3000000000 AS l, 1.50 AS dec1, .5 AS dec2, 1E3 AS dbl, 'it''s' AS s, DATE '2024-02-29' AS d, TIME '12:34:56' AS t,
  TIMESTAMP '2024-02-29 12:34:56.789' AS ts, TRUE AS yes, X'01FF' AS bin, U&'\00e9' AS uni, -1 AS neg;
