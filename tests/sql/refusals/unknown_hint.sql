-- A hint that does not exist.
SELECT /*+ FASTER */ 1;
