-- What may be NULL by its type, and what not.
SELECT TYPEOF(ENCODE('abc', 'UTF-8')) AS a, TYPEOF(DECODE(x'41', 'UTF-8')) AS b, TYPEOF(DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', 'yyyy')) AS c;
