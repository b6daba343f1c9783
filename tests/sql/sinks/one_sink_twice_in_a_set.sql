-- Two branches into one sink.
SET 'table.dml-sync' = 'true';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE o (id STRING, what STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'json');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO o SELECT id, 'ann' FROM bids WHERE bidder = 'ann';
  INSERT INTO o SELECT id, 'high' FROM bids WHERE price > 10;
END;
SELECT * FROM o;
