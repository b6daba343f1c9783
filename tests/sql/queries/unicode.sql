-- Texts in any script.
SELECT '여울' AS k, CHAR_LENGTH('여울') AS n, UPPER('grün') AS u, LOWER('ÀÉ') AS l, SUBSTRING('🌊ab' FROM 2) AS s, CHAR_LENGTH('🌊') AS w, REVERSE('né') AS r;
