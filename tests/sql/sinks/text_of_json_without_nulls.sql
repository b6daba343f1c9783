-- json.encode.ignore-null-fields leaves NULL fields out.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (a INT, b STRING, c DECIMAL(10, 2)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json', 'json.encode.ignore-null-fields' = 'true', 'json.encode.decimal-as-plain-number' = 'true');
INSERT INTO o VALUES (1, CAST(NULL AS STRING), 100.00), (CAST(NULL AS INT), 'x', CAST(NULL AS DECIMAL(10, 2)));
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
