-- Constants are computed while Flink plans, and fail there.
SELECT 1e0 / 0 AS r;
