-- Two equalities.
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
SELECT b.id, t.w FROM bids AS b JOIN (VALUES (1, 'ann', 'x'), (2, 'ann', 'y'), (1, 'bob', 'z')) AS t(a, name, w) ON b.auction = t.a AND b.bidder = t.name;
