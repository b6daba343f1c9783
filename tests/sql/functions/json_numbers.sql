-- Numbers in JSON keep their digits.
SELECT j AS k,
  JSON_VALUE(j, '$') AS e0,
  JSON_QUERY(j, '$' WITH WRAPPER) AS e1
FROM (VALUES ('1e3'), ('-0'), ('1.50'), ('12345678901234567890'), ('1.0E-7'), ('-2.5e+2'), ('0.10')) AS t(j);
