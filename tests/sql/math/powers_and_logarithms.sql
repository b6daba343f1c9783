-- POWER, SQRT, EXP, LN, LOG10, LOG2, LOG, PI, E.
SELECT x, POWER(x, 2) AS p, SQRT(x) AS q, EXP(x) AS e, LN(x) AS l, LOG10(x) AS l10, LOG2(x) AS l2, LOG(2, x) AS lb FROM (VALUES (1E0), (2E0), (100E0), (0.5E0)) AS t(x);
