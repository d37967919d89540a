-- What the people of an account call it. Whoever runs the service keeps `name`, which is unique; this one need not be.
ALTER TABLE accounts ADD COLUMN own_name TEXT;
