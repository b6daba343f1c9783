-- A number without a fraction is at most a BIGINT.
SELECT 99999999999999999999 AS r;
