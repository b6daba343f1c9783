-- Backslashes are no escapes; two quotes are one.
SELECT 'a\n' AS a, CHAR_LENGTH('a\n') AS n, 'it''s' AS q, '' AS e, 'tab	x' AS t;
