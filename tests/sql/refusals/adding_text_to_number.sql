-- A boolean in arithmetic.
SELECT TRUE + 1;
