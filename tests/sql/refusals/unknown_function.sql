-- A function that does not exist.
SELECT FROBNICATE(1);
