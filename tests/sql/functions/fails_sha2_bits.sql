-- SHA2(s, 100) fails, or not.
SELECT SHA2(s, 100) AS e FROM (VALUES ('x!')) AS t(s);
