-- Too many arguments.
SELECT UPPER('a', 'b');
