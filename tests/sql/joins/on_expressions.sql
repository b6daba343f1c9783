-- Keys that are expressions.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT b.id, t.w FROM bids AS b JOIN (VALUES ('ANN', 1), ('BOB', 2)) AS t(name, w) ON UPPER(b.bidder) = t.name;
