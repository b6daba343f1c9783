-- The four rows that the start-up time is measured with.
SELECT k, SUM(v) FROM (VALUES ('a', 1), ('b', 2), ('a', 3), ('b', 4)) AS t(k, v) GROUP BY k;
