-- Months are no number.
SELECT CAST(INTERVAL '14' MONTH AS INT) AS a;
