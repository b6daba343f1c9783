-- With a key, SUM over NOT NULL is NOT NULL.
CREATE VIEW v AS SELECT k, SUM(x) AS s, AVG(x) AS a, COUNT(x) AS c, MIN(x) AS m FROM (VALUES ('a', 1), ('bb', 2)) AS t(k, x) GROUP BY k;
DESCRIBE v;
