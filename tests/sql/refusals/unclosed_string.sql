-- A text without its end.
SELECT 'abc FROM t;
