-- The time of now takes no number of digits.
SELECT CURRENT_TIMESTAMP(3) IS NULL AS r;
