-- Sets of windows that overlap.
CREATE TABLE e (x INT, ts AS TO_TIMESTAMP('2020-01-01 00:00:0' || CAST(x AS STRING)), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '5');
SELECT window_start, BITMAP_TO_STRING(BITMAP_BUILD_AGG(x)) AS s, BITMAP_TO_STRING(BITMAP_OR_AGG(BITMAP_BUILD(ARRAY[x]))) AS t FROM TABLE(HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '1' SECOND, INTERVAL '2' SECOND)) GROUP BY window_start, window_end;
