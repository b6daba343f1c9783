-- CAST(s AS TIMESTAMP(3)) fails, or not.
SELECT CAST(s AS TIMESTAMP(3)) AS e FROM (VALUES ('x!')) AS t(s);
