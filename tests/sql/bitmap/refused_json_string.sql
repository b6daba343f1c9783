-- Flink refuses this of a BITMAP.
SELECT JSON_STRING(BITMAP_BUILD(ARRAY[1])) AS v;
