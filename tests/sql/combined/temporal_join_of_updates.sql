-- A temporal join of rows that are taken back.
CREATE TABLE orders (
  id INT, cur STRING, ot TIMESTAMP(3), WATERMARK FOR ot AS ot - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/orders.jsonl', 'format' = 'json');
CREATE TABLE rates (
  cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '10' MINUTE, PRIMARY KEY (cur) NOT ENFORCED
) WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
CREATE VIEW last AS SELECT id, cur, ot FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY cur ORDER BY ot DESC) AS n FROM orders) WHERE n = 1;
SELECT o.id, o.cur, r.rate FROM last AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ot AS r ON o.cur = r.cur;
