-- Rows of different width.
VALUES (1, 2), (3);
