-- BINARY(n) is filled up with zeros, longer values are cut; no length is 1 of BINARY, and no bound of VARBINARY.
SELECT CAST(x AS BINARY) AS a, CAST(x AS BINARY(2)) AS b, CAST(x AS VARBINARY(2)) AS c, CAST(x AS BINARY(5)) AS d, CAST(x AS VARBINARY) AS e,
  CAST(y AS BINARY(2)) AS f, CAST(y AS VARBINARY(2)) AS g, CAST(y AS BINARY(5)) AS h, TRY_CAST(y AS BINARY(1)) AS i,
  CAST(CAST(y AS BYTES) AS BINARY(3)) AS j, TYPEOF(CAST(y AS BINARY)) AS k
FROM (VALUES (X'010203', 'abc'), (X'01020304', 'abcd'), (X'', ''), (CAST(NULL AS BYTES), CAST(NULL AS STRING))) AS t(x, y);
