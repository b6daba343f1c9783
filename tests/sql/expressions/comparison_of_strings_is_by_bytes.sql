-- Strings compare byte by byte, trailing spaces count.
SELECT a, b, a < b AS lt, a = b AS eq FROM (VALUES ('a', 'B'), ('a', 'a '), ('é', 'z'), ('', 'a'), ('10', '9')) AS t(a, b);
