-- A query within a statement set.
EXECUTE STATEMENT SET BEGIN SELECT 1; END;
