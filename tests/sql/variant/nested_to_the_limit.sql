-- 1000 levels are read, 1001 aren't.
SELECT n, TRY_PARSE_JSON(REPEAT('[', n) || REPEAT(']', n)) IS NULL AS v FROM (VALUES (999), (1000), (1001)) AS t(n);
