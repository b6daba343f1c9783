-- Two branches of a statement set over one source.
SET 'table.dml-sync' = 'true';
CREATE TABLE bids (
  id STRING, auction INT, bidder STRING, price DECIMAL(10, 2), ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/bids.jsonl', 'format' = 'json');
CREATE TABLE good (id STRING, price DECIMAL(10, 2)) WITH ('connector' = 'filesystem', 'path' = 'out/good', 'format' = 'json');
CREATE TABLE bad (id STRING, reason STRING) WITH ('connector' = 'filesystem', 'path' = 'out/bad', 'format' = 'json');
EXECUTE STATEMENT SET
BEGIN
  INSERT INTO good SELECT id, price FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY seen ASC) AS n FROM bids WHERE price IS NOT NULL) WHERE n = 1;
  INSERT INTO bad SELECT id, 'no price' FROM bids WHERE price IS NULL;
END;
SELECT id, CAST(price AS STRING) AS what FROM good UNION ALL SELECT id, reason FROM bad;
