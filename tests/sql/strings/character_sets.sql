-- Texts that name their character set.
SELECT _UTF8'x' AS a, _UTF16'x' AS b, _LATIN1'x' AS c, _utf8'ä' AS d, N'x' AS e, CHAR_LENGTH(_UTF8'ä') AS f, TYPEOF(_UTF8'x') AS g;
