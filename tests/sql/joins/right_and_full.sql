-- RIGHT and FULL joins of bounded inputs.
SELECT l.id AS li, r.id AS ri FROM (VALUES (1), (2)) AS l(id) FULL JOIN (VALUES (2), (3)) AS r(id) ON l.id = r.id;
