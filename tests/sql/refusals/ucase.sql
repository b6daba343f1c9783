-- `UCASE` is no function.
SELECT UCASE('a') AS r;
