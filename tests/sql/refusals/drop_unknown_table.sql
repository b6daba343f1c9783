-- DROP of a table that does not exist.
DROP TABLE nowhere;
