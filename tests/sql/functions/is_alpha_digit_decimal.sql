-- IS_ALPHA, IS_DIGIT and IS_DECIMAL.
SELECT s AS k,
  IS_ALPHA(s) AS e0,
  IS_DIGIT(s) AS e1,
  IS_DECIMAL(s) AS e2
FROM (VALUES ('abc'), ('abc1'), ('123'), ('1.5'), ('-1.5'), ('+7'), ('1e3'), (''), (' 1'), ('.5'), ('1.'), ('여울'), ('1.2.3'), (CAST(NULL AS STRING))) AS t(s);
