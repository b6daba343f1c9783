-- A bare NULL has no type here.
SELECT JSON_OBJECT('a' VALUE 1, 'b' VALUE NULL) AS r;
