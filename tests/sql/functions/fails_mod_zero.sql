-- MOD(1, CHAR_LENGTH(s) - 2) fails, or not.
SELECT MOD(1, CHAR_LENGTH(s) - 2) AS e FROM (VALUES ('x!')) AS t(s);
