-- A number has no elements.
SELECT x FROM UNNEST(5) AS t(x);
