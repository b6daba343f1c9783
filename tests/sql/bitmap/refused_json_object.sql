-- Flink refuses this of a BITMAP.
SELECT JSON_OBJECT('a' VALUE BITMAP_BUILD(ARRAY[1])) AS v;
