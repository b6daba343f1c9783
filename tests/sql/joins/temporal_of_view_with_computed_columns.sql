-- A versioned view with other names, computed columns and the row number; inner join, condition on the version.
CREATE TABLE rates (cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
CREATE TABLE orders (id INT, cur STRING, ot TIMESTAMP(3), WATERMARK FOR ot AS ot - INTERVAL '10' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/orders.jsonl', 'format' = 'json');
CREATE VIEW versions AS SELECT rate * 2 AS twice, cur AS money, vt, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY cur ORDER BY vt DESC) AS n FROM rates) WHERE n = 1;
SELECT o.id, r.money, r.twice, r.n, r.vt FROM orders AS o JOIN versions FOR SYSTEM_TIME AS OF o.ot AS r ON o.cur = r.money AND r.twice > 10;
