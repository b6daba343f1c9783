-- Flink refuses this of a BITMAP.
SELECT BITMAP_BUILD(ARRAY[1]) || 'x' AS v;
