-- A statement set without END.
CREATE TABLE o (a INT) WITH ('connector' = 'blackhole');
EXECUTE STATEMENT SET BEGIN INSERT INTO o SELECT 1;
