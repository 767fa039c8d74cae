-- An industry officer's grant reaches one industry system (industry_officer only) of the region beside it.
ALTER TABLE role_grant ADD COLUMN industry TEXT;
