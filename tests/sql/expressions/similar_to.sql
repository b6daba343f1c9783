-- SIMILAR TO is a regular expression of SQL's.
SELECT x, x SIMILAR TO '(ab|cd)+' AS a, x SIMILAR TO 'a_' AS b, x NOT SIMILAR TO '%d' AS c FROM (VALUES ('abcd'), ('ab'), ('x')) AS t(x);
