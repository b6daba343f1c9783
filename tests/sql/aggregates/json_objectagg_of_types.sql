-- JSON_OBJECTAGG of texts, numbers, truths, nested values.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE s) AS s, JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE b) AS b, JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE `dec`) AS d, JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE ARRAY[ti, 1]) AS a, JSON_OBJECTAGG(KEY CAST(id AS STRING) VALUE JSON_OBJECT(KEY 'x' VALUE i)) AS o FROM types;
