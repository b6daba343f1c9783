-- The star has the columns of USING once and first.
SELECT * FROM (VALUES ('p', 1), ('q', 3)) AS l(x, a) LEFT JOIN (VALUES (1, 'P'), (2, 'Q')) AS r(a, y) USING (a);
