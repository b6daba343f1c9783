-- Keys and values of a constant map, joined.
SELECT t.k, t.v, w.x FROM UNNEST(MAP['a', 1, 'b', 2]) AS t(k, v) JOIN (VALUES (2, 'two')) AS w(n, x) ON t.v = w.n;
