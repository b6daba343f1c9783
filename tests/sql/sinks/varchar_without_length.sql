-- A text of any length goes into a sink's VARCHAR, uncut.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v VARCHAR, w VARCHAR(3), b VARBINARY, c BINARY(2)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o SELECT CONCAT(x, 'def'), CONCAT(x, 'def'), b, b FROM (VALUES ('abc', X'010203'), ('', X'040506')) AS t(x, b);
SELECT * FROM o;
