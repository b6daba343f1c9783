-- FROM_UNIXTIME(1, s) fails, or not.
SELECT FROM_UNIXTIME(1, s) AS e FROM (VALUES ('x!')) AS t(s);
