-- CAST(s AS DECIMAL(5, 2)) fails, or not.
SELECT CAST(s AS DECIMAL(5, 2)) AS e FROM (VALUES ('x!')) AS t(s);
