-- JSON_VALUE('{"i": 2.5}', '$.i' RETURNING INT) fails, or not.
SELECT JSON_VALUE('{"i": 2.5}', '$.i' RETURNING INT) AS e FROM (VALUES ('x!')) AS t(s);
