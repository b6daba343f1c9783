-- A versioned view is joined by the key of which it keeps the last row.
CREATE TABLE rates (cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
CREATE TABLE orders (id INT, cur STRING, ot TIMESTAMP(3), WATERMARK FOR ot AS ot - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/orders.jsonl', 'format' = 'json');
CREATE VIEW versions AS SELECT cur, rate, vt FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY cur ORDER BY vt DESC) AS n FROM rates) WHERE n = 1;
SELECT o.id, r.rate FROM orders AS o LEFT JOIN versions FOR SYSTEM_TIME AS OF o.ot AS r ON o.id = r.rate;
