-- Constants as bytes of a length.
SELECT CAST(x'414243' AS BINARY(2)) AS a, CAST(x'41' AS BINARY(3)) AS b, CAST(x'414243' AS VARBINARY(2)) AS c;
