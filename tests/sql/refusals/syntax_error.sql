-- A word where none belongs.
SELEC 1;
