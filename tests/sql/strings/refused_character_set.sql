-- An unknown character set.
SELECT _nope'x' AS v;
