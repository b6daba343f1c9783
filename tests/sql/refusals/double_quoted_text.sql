-- Double quotes are no texts.
SELECT "abc";
