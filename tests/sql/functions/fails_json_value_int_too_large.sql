-- JSON_VALUE('{"i": 3000000000}', '$.i' RETURNING INT) fails, or not.
SELECT JSON_VALUE('{"i": 3000000000}', '$.i' RETURNING INT) AS e FROM (VALUES ('x!')) AS t(s);
