-- REGEXP_REPLACE(s, '(', 'x') fails, or not.
SELECT REGEXP_REPLACE(s, '(', 'x') AS e FROM (VALUES ('x!')) AS t(s);
