-- Several statements on one line; empty ones.
CREATE VIEW a AS SELECT 1 AS x; CREATE VIEW b AS SELECT x + 1 AS y FROM a;; SELECT y FROM b;
