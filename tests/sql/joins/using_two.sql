-- USING two columns, and the tables own ones by name.
SELECT a, b, l.x, r.y, l.a AS la FROM (VALUES (1, 2, 'p'), (1, 3, 'q'), (2, 2, 'r')) AS l(a, b, x) JOIN (VALUES (1, 2, 'P'), (2, 3, 'Q'), (1, 3, 'R')) AS r(a, b, y) USING (a, b);
