-- EXCEPT from left to right.
SELECT x FROM (VALUES (1), (2), (3)) AS a(x) EXCEPT SELECT x FROM (VALUES (2)) AS b(x) EXCEPT SELECT x FROM (VALUES (3)) AS c(x);
