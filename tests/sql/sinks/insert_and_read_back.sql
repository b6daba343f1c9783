-- INSERT casts to the sink's types and order; JSON written is read back.
SET 'table.dml-sync' = 'true';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE o (id STRING, auction BIGINT, price DOUBLE, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
INSERT INTO o SELECT id, auction, price, ts FROM bids WHERE auction IS NOT NULL;
SELECT * FROM o;
