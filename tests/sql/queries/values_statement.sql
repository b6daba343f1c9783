-- VALUES as a statement.
VALUES (1, 'a', CAST(NULL AS INT)), (2, 'bcd', 5);
