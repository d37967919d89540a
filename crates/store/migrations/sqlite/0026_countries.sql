-- Where the account's customers are (ISO 3166, two letters): how numbers are read that name no country. The keys of numbers that are
-- stored are Vietnam's.
ALTER TABLE accounts ADD COLUMN country TEXT NOT NULL DEFAULT 'VN';
