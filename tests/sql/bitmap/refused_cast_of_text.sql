-- Flink refuses this of a BITMAP.
SELECT BITMAP_TO_STRING(CAST('{1}' AS BITMAP)) AS v;
