-- Backticks allow any name; names keep their case.
SELECT `select`, `a b` AS `c.d`, `Upper` FROM (VALUES (1, 2, 3)) AS `t`(`select`, `a b`, `Upper`);
