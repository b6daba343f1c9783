-- ENCODE(s, 'nope') fails, or not.
SELECT ENCODE(s, 'nope') AS e FROM (VALUES ('x!')) AS t(s);
