-- Sets over the last rows.
CREATE TABLE e (x INT, ts AS TO_TIMESTAMP('2020-01-01 00:00:0' || CAST(x AS STRING)), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '5');
SELECT x, BITMAP_TO_STRING(BITMAP_BUILD_AGG(x) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS s FROM e;
