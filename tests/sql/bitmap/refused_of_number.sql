-- Flink refuses this of a BITMAP.
SELECT BITMAP_TO_STRING(BITMAP_BUILD(1)) AS v;
