-- Flink refuses this of a BITMAP.
SELECT UPPER(BITMAP_BUILD(ARRAY[1])) AS v;
