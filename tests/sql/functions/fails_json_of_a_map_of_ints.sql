-- JSON_STRING(MAP[1, s]) fails, or not.
SELECT JSON_STRING(MAP[1, s]) AS e FROM (VALUES ('x!')) AS t(s);
