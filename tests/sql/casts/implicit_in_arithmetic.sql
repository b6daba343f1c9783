-- Text in arithmetic.
SELECT '1' + 1;
