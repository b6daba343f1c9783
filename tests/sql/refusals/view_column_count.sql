-- A view with too many column names.
CREATE VIEW v (a, b) AS SELECT 1;
SELECT * FROM v;
