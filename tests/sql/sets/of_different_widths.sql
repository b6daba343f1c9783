-- Inputs of different widths.
SELECT x FROM (VALUES (1)) AS a(x) EXCEPT SELECT x, y FROM (VALUES (1, 2)) AS b(x, y);
