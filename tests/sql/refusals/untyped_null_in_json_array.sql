-- A bare NULL has no type here.
SELECT JSON_ARRAY(1, NULL) AS r;
