-- UNIX_TIMESTAMP of a text in the session's zone.
SET 'table.local-time-zone' = 'UTC';
SELECT x, UNIX_TIMESTAMP(x) AS u, UNIX_TIMESTAMP(x, 'yyyy-MM-dd HH:mm:ss') AS uf FROM (VALUES ('1970-01-01 00:00:01'), ('2024-02-29 12:34:56')) AS t(x);
