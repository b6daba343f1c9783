-- ROW, ARRAY, MAP and their parts.
SELECT ARRAY[1, 2, 3] AS a, ARRAY[1, 2, 3][2] AS e, MAP['k', 1, 'l', 2] AS m, MAP['k', 1]['k'] AS v, ROW(1, 'x') AS r, CARDINALITY(ARRAY['a']) AS n;
