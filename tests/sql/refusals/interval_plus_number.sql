-- An interval plus a number.
SELECT INTERVAL '1' DAY + 1;
