-- CAST(s AS DATE) fails, or not.
SELECT CAST(s AS DATE) AS e FROM (VALUES ('x!')) AS t(s);
