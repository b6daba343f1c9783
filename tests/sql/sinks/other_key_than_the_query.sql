-- Rows that the sink's key does not tell apart need ON CONFLICT.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW agg AS SELECT sym, COUNT(*) AS n, SUM(px) AS p, MAX(qty) AS q FROM trades GROUP BY sym;
CREATE TABLE bhk (sym STRING, n BIGINT, PRIMARY KEY (sym) NOT ENFORCED) WITH ('connector' = 'blackhole'); INSERT INTO bhk SELECT a.sym, b.n FROM agg a JOIN agg b ON a.n = b.n;
