-- The right side of a left join may be NULL.
CREATE VIEW v AS SELECT l.id, l.a, r.b FROM (VALUES (1, 'x')) AS l(id, a) LEFT JOIN (VALUES (1, 2)) AS r(id, b) ON l.id = r.id;
DESCRIBE v;
