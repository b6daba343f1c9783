-- An array's places count from 1.
SELECT ARRAY[1, 2][0] AS r;
