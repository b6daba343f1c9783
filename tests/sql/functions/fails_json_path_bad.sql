-- JSON_VALUE('{}', 'bad path') fails, or not.
SELECT JSON_VALUE('{}', 'bad path') AS e FROM (VALUES ('x!')) AS t(s);
