-- Flink refuses this of a BITMAP.
SET 'execution.runtime-mode' = 'batch';
SELECT BITMAP_TO_STRING(b) AS s, COUNT(*) AS n FROM (SELECT BITMAP_BUILD(ARRAY[k]) AS b FROM (VALUES (1,1),(1,5),(2,7),(1,5),(2,CAST(NULL AS INT)),(3,CAST(NULL AS INT))) AS t(k,x)) GROUP BY b;
