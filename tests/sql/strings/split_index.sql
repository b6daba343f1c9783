-- SPLIT_INDEX counts from 0; past the end is NULL.
SELECT x, SPLIT_INDEX(x, ',', 0) AS a, SPLIT_INDEX(x, ',', 2) AS c, SPLIT_INDEX(x, ',', 9) AS z, SPLIT_INDEX(x, ',', -1) AS n
FROM (VALUES ('a,b,c'), (',,x'), (''), ('abc')) AS t(x);
