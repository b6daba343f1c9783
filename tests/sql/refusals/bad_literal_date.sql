-- A date literal that is no date.
SELECT DATE '2024-13-01';
