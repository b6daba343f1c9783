-- REGEXP(s, '(') fails, or not.
SELECT REGEXP(s, '(') AS e FROM (VALUES ('x!')) AS t(s);
