-- FROM_BASE64(s) fails, or not.
SELECT FROM_BASE64(s) AS e FROM (VALUES ('x!')) AS t(s);
