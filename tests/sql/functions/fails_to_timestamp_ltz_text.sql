-- TO_TIMESTAMP_LTZ(s) fails, or not.
SELECT TO_TIMESTAMP_LTZ(s) AS e FROM (VALUES ('x!')) AS t(s);
