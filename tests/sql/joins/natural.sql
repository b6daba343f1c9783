-- NATURAL joins by the names that both sides have.
SELECT * FROM (VALUES (1, 'p'), (3, 'q')) AS l(a, x) NATURAL JOIN (VALUES (1, 'P'), (2, 'Q')) AS r(a, y);
