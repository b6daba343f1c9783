-- UNHEX of odd and invalid digits.
SELECT s AS k,
  UNHEX(s) AS e0
FROM (VALUES ('1'), ('z'), ('z1'), ('1z'), ('abcde'), ('z12'), ('ABCD'), (CAST(NULL AS STRING))) AS t(s);
