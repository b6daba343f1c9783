-- LPAD of NOT NULL arguments is NOT NULL, and yet NULL.
SELECT LPAD('hi', 5, '') AS r;
