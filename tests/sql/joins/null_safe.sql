-- IS NOT DISTINCT FROM matches NULL with NULL.
SELECT l.a, r.b FROM (VALUES (1, 'x'), (CAST(NULL AS INT), 'y')) AS l(k, a) JOIN (VALUES (1, 'p'), (CAST(NULL AS INT), 'q')) AS r(k, b) ON l.k IS NOT DISTINCT FROM r.k;
