-- Flink refuses this of a BITMAP.
SELECT CAST(BITMAP_BUILD(ARRAY[1]) AS BYTES) AS v;
