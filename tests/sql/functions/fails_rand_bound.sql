-- RAND_INTEGER(0) fails, or not.
SELECT RAND_INTEGER(0) AS e FROM (VALUES ('x!')) AS t(s);
