-- Rowtime computed from a text.
CREATE TABLE m (k STRING, v INT, `ts` STRING, t AS TO_TIMESTAMP(`ts`), WATERMARK FOR t AS t - INTERVAL '30' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, SUM(v) AS s FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(t), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
