-- A text longer than the sink's VARCHAR goes through as it is.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (v VARCHAR(3), n DECIMAL(4, 1)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o SELECT CAST(x AS VARCHAR(3)), y FROM (VALUES ('abcdef', 12.34), ('ab', 0.05)) AS t(x, y);
SELECT * FROM o;
