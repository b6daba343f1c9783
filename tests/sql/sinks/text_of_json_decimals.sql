-- Decimals as JSON writes them by default.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (x DECIMAL(12, 3)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o SELECT CAST(x AS DECIMAL(12, 3)) FROM (VALUES ('0'), ('100'), ('1.5'), ('-1234500'), ('0.001'), ('12.340')) AS t(x);
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
