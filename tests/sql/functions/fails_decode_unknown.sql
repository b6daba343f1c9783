-- DECODE(CAST(s AS BYTES), 'nope') fails, or not.
SELECT DECODE(CAST(s AS BYTES), 'nope') AS e FROM (VALUES ('x!')) AS t(s);
