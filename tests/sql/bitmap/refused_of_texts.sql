-- Flink refuses this of a BITMAP.
SELECT BITMAP_TO_STRING(BITMAP_BUILD(ARRAY['a'])) AS v;
