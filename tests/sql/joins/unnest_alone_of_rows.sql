-- Rows of a constant array become columns.
SELECT n, s FROM UNNEST(ARRAY[ROW(1, 'a'), ROW(2, 'b')]) AS t(n, s) WHERE n > 1;
