-- INSTR(s, 'a', 1, 0) fails, or not.
SELECT INSTR(s, 'a', 1, 0) AS e FROM (VALUES ('x!')) AS t(s);
