-- FROM without a table.
SELECT 1 FROM ;
