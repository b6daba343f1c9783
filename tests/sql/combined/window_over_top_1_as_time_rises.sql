-- A window ends between two rows of one batch: what the second puts out of the first ranks was in it.
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
  'connector' = 'filesystem', 'path' = 'data/rising.jsonl', 'format' = 'json');
CREATE VIEW d AS SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS n FROM t) WHERE n <= 1;
SELECT window_start, SUM(v) AS s, COUNT(*) AS c FROM TUMBLE(TABLE d, DESCRIPTOR(ts), INTERVAL '4' HOUR) GROUP BY window_start, window_end;
