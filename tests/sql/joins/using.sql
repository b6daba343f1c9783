-- USING names the common column once.
SELECT id, a, b FROM (VALUES (1, 'x'), (2, 'y')) AS l(id, a) JOIN (VALUES (1, 'p'), (1, 'q'), (3, 'r')) AS r(id, b) USING (id);
