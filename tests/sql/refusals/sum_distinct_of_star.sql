-- SUM(*).
SELECT SUM(*) FROM (VALUES (1)) AS t(x);
