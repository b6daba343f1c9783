-- Texts of varying length are between 1 and the longest.
CREATE TABLE g (s STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '2000', 'rows-per-second' = '100000', 'fields.s.length' = '4', 'fields.s.var-len' = 'true');
SELECT MIN(CHAR_LENGTH(s)) AS shortest, MAX(CHAR_LENGTH(s)) AS longest FROM g;
