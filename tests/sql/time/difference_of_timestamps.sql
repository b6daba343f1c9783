-- A difference of timestamps needs TIMESTAMPDIFF; comparing with an interval works.
SELECT a, (a - b) DAY TO SECOND > INTERVAL '1' HOUR AS more FROM (VALUES (TIMESTAMP '2024-01-01 02:00:00', TIMESTAMP '2024-01-01 00:00:00'), (TIMESTAMP '2024-01-01 00:30:00', TIMESTAMP '2024-01-01 00:00:00')) AS t(a, b);
