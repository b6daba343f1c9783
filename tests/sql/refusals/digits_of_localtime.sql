-- The time of day takes no number of digits.
SELECT LOCALTIME(0) IS NULL AS r;
