-- A text compared with a number is not cast.
SELECT x, x = 1 AS eq, x > 5 AS gt FROM (VALUES ('1'), ('10'), ('07')) AS t(x);
