-- SET without quotes.
SET pipeline.name = staging;
