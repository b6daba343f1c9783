-- STDDEV_POP, VAR_SAMP and the like.
SELECT STDDEV_POP(x) AS sp, STDDEV_SAMP(x) AS ss, VAR_POP(x) AS vp, VAR_SAMP(x) AS vs FROM (VALUES (1E0), (2E0), (4E0)) AS t(x);
