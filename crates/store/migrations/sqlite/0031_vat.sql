-- How the prices of a tariff are meant: 'included', 'excluded', or nobody has said. No figure is changed by it.
ALTER TABLE tariffs ADD COLUMN vat TEXT;
