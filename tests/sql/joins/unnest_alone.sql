-- Elements of a constant, with no table to the left.
SELECT x, o FROM UNNEST(ARRAY[3, 1, 2]) WITH ORDINALITY AS t(x, o);
