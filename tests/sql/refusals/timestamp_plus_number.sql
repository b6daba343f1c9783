-- A timestamp plus a number.
SELECT TIMESTAMP '2024-01-01 00:00:00' + 1;
