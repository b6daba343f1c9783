-- FILTER over a number.
SELECT COUNT(*) FILTER (WHERE x) FROM (VALUES (1)) AS t(x);
