-- An interval literal that is none.
SELECT INTERVAL 'x' DAY;
