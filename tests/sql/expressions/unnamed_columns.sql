-- Columns without a name are called EXPR$0 and on.
SELECT 1, 'a', x, x + 1 FROM (VALUES (5)) AS t(x);
