-- CSV texts under another quote and an escape character.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (s STRING, u STRING, a ARRAY<STRING>, r ROW<a INT, b STRING>)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv', 'csv.quote-character' = '''', 'csv.escape-character' = '\', 'csv.array-element-delimiter' = '|');
INSERT INTO o VALUES ('a,b', 'it''s', ARRAY['p', 'q'], ROW(1, 'x')), ('back\slash', '#hash', ARRAY['p;q', CAST(NULL AS STRING)], ROW(CAST(NULL AS INT), 'y')), ('', CAST(NULL AS STRING), CAST(NULL AS ARRAY<STRING>), ROW(2, 'a''b'));
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
