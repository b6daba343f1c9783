-- A join without a condition.
SELECT a.x FROM (VALUES (1)) AS a(x) JOIN (VALUES (2)) AS b(y);
