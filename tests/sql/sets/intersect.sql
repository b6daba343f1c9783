-- INTERSECT with duplicates and NULLs.
SELECT x, y FROM (VALUES (1, 'a'), (1, 'a'), (2, 'b'), (3, CAST(NULL AS STRING)), (3, CAST(NULL AS STRING))) AS l(x, y) INTERSECT SELECT x, y FROM (VALUES (1, 'a'), (2, 'c'), (3, CAST(NULL AS STRING)), (3, CAST(NULL AS STRING)), (3, CAST(NULL AS STRING))) AS r(x, y);
