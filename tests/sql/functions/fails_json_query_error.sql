-- JSON_QUERY(s, '$.a' ERROR ON ERROR) fails, or not.
SELECT JSON_QUERY(s, '$.a' ERROR ON ERROR) AS e FROM (VALUES ('x!')) AS t(s);
