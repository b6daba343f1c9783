-- JSON_ARRAYAGG leaves NULLs out unless told otherwise.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT auction, JSON_ARRAYAGG(bidder) AS a, JSON_ARRAYAGG(bidder NULL ON NULL) AS b, JSON_ARRAYAGG(price ABSENT ON NULL) AS c FROM bids GROUP BY auction;
