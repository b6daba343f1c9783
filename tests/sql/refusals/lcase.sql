-- `LCASE` is no function.
SELECT LCASE('A') AS r;
