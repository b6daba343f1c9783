-- Flink refuses this of a BITMAP.
SELECT JSON_ARRAY(BITMAP_BUILD(ARRAY[1])) AS v;
