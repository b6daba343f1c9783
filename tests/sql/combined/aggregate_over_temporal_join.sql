-- An aggregate over a temporal join.
CREATE TABLE orders (
  id INT, cur STRING, ot TIMESTAMP(3), WATERMARK FOR ot AS ot - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/orders.jsonl', 'format' = 'json');
CREATE TABLE rates (
  cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '10' MINUTE, PRIMARY KEY (cur) NOT ENFORCED
) WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
SELECT cur, COUNT(rate) AS n, MAX(rate) AS m FROM (SELECT o.id, o.cur, o.ot, r.rate FROM orders AS o LEFT JOIN rates FOR SYSTEM_TIME AS OF o.ot AS r ON o.cur = r.cur) GROUP BY cur;
