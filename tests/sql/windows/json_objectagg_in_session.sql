-- JSON_OBJECTAGG in SESSION windows.
CREATE TABLE bids (
  k STRING, v INT, auction INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT auction, window_start, JSON_OBJECTAGG(KEY CAST(ts AS STRING) VALUE 1) AS x FROM TABLE(SESSION(TABLE bids PARTITION BY auction, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY auction, window_start, window_end;
