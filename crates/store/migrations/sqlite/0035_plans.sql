-- What a campaign was set to do: JSON, as domain::Plan; null: nobody has said.
ALTER TABLE campaigns ADD COLUMN plan TEXT;
