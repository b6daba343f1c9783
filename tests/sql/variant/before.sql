-- LAG of a VARIANT.
CREATE TABLE e (x INT, ts AS TO_TIMESTAMP('2020-01-01 00:00:0' || CAST(x AS STRING)), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'fields.x.kind' = 'sequence', 'fields.x.start' = '1', 'fields.x.end' = '3');
SELECT x, JSON_STRING(LAG(PARSE_JSON(CAST(x AS STRING))) OVER (ORDER BY ts)) AS s FROM e;
