-- ELEMENT(ARRAY[s, s]) fails, or not.
SELECT ELEMENT(ARRAY[s, s]) AS e FROM (VALUES ('x!')) AS t(s);
