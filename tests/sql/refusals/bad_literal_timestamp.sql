-- A timestamp literal without seconds.
SELECT TIMESTAMP '2024-01-01 noon';
