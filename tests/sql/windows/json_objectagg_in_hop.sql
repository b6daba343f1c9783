-- JSON_OBJECTAGG in HOP windows.
CREATE TABLE bids (
  k STRING, v INT, auction INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, JSON_OBJECTAGG(KEY CAST(ts AS STRING) VALUE 1) AS x FROM TABLE(HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE)) GROUP BY window_start, window_end;
