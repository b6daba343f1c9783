-- JSON_OBJECTAGG keeps NULLs unless told otherwise.
SELECT g, JSON_OBJECTAGG(KEY k VALUE v) AS a, JSON_OBJECTAGG(KEY k VALUE v ABSENT ON NULL) AS b, JSON_OBJECTAGG(k VALUE v NULL ON NULL) AS c FROM (VALUES (1, 'a', 1), (1, 'b', CAST(NULL AS INT)), (2, 'a', 3), (1, 'c', 4)) AS t(g, k, v) GROUP BY g;
