-- NULL without a type among constant rows.
SELECT a FROM (VALUES (1, 'x'), (2, NULL)) AS t(a, b);
