-- JSON('{}') fails, or not.
SELECT JSON('{}') AS e FROM (VALUES ('x!')) AS t(s);
