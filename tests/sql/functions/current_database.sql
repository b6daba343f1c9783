-- The current database.
SELECT CURRENT_DATABASE() AS d;
