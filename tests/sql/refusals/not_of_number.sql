-- NOT over a number.
SELECT NOT 1;
