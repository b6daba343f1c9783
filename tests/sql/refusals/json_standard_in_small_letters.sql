-- A standard's name is spelled as it is.
CREATE TABLE k (a INT) WITH ('connector' = 'filesystem', 'path' = 'out/k', 'format' = 'json', 'json.timestamp-format.standard' = 'sql');
INSERT INTO k VALUES 1;
