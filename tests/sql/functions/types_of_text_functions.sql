-- What may be NULL by its type, and what not.
SELECT TYPEOF(LPAD('a', 3, 'b')) AS a, TYPEOF(RPAD('a', 3, 'b')) AS b, TYPEOF(SUBSTR('abc', 1)) AS c, TYPEOF(SUBSTRING('abc' FROM 1)) AS d,
  TYPEOF(CHR(97)) AS e, TYPEOF(REVERSE('a')) AS f, TYPEOF(REPEAT('a', 2)) AS g, TYPEOF(TRIM('abc')) AS h, SUBSTRING('hello', 2, -1) AS i;
