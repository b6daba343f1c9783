-- FETCH FIRST over constant rows.
SELECT COUNT(*) AS n FROM (SELECT x FROM (VALUES (1), (2), (3)) AS t(x) LIMIT 2);
