-- Keywords and functions in any case.
select Upper('a') as u, cOuNt(*) as n from (values (1)) as t(x) group by x;
