-- REGEXP, REGEXP_EXTRACT, REGEXP_REPLACE.
SELECT x, REGEXP(x, '[0-9]+') AS r, REGEXP_EXTRACT(x, '([a-z]+)([0-9]+)', 2) AS g2, REGEXP_EXTRACT(x, '[a-z]+') AS g0, REGEXP_REPLACE(x, '[0-9]', '#') AS rep, REGEXP_EXTRACT(x, '(zzz)', 1) AS no_match
FROM (VALUES ('abc123'), ('x'), ('7'), (''), (CAST(NULL AS STRING))) AS t(x);
