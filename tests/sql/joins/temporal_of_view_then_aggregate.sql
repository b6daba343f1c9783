-- Rows joined with the versions of a view, counted.
CREATE TABLE rates (cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
CREATE TABLE orders (id INT, cur STRING, ot TIMESTAMP(3), WATERMARK FOR ot AS ot - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/orders.jsonl', 'format' = 'json');
CREATE VIEW versions AS SELECT cur, rate, vt FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY cur ORDER BY vt DESC) AS n FROM rates) WHERE n = 1;
SELECT r.rate, COUNT(*) AS n, MAX(o.id) AS last FROM orders AS o LEFT JOIN versions FOR SYSTEM_TIME AS OF o.ot AS r ON o.cur = r.cur GROUP BY r.rate;
