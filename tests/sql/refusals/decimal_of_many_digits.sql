-- The digits of a number reach as far as a BIGINT's.
SELECT 99999999999999999999.0 AS r;
