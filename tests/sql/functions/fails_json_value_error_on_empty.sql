-- JSON_VALUE('{}', 'lax $.a' ERROR ON EMPTY) fails, or not.
SELECT JSON_VALUE('{}', 'lax $.a' ERROR ON EMPTY) AS e FROM (VALUES ('x!')) AS t(s);
