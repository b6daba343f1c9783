-- JSON_VALUE('{"i": 2}', '$.i' RETURNING DOUBLE) fails, or not.
SELECT JSON_VALUE('{"i": 2}', '$.i' RETURNING DOUBLE) AS e FROM (VALUES ('x!')) AS t(s);
