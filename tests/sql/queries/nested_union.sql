-- UNION ALL of three, in parentheses.
SELECT x FROM (VALUES (1)) AS t(x) UNION ALL (SELECT 2 UNION ALL SELECT 3);
