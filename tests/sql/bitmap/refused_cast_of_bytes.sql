-- Flink refuses this of a BITMAP.
SELECT BITMAP_TO_STRING(CAST(X'00' AS BITMAP)) AS v;
