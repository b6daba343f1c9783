-- UNION drops duplicates.
SELECT x FROM (VALUES (1), (2), (2)) AS t(x) UNION SELECT x FROM (VALUES (2), (3)) AS u(x);
