-- INT joined with BIGINT, CHAR with STRING.
SELECT l.a, r.b FROM (VALUES (1, 'x'), (2, 'yy')) AS l(k, a) JOIN (VALUES (CAST(1 AS BIGINT), 'x'), (CAST(2 AS BIGINT), 'yy')) AS r(k, b) ON l.k = r.k AND l.a = r.b;
