-- Whether a call of theirs was corrected to another customer: they stay on the list, though nobody put them there.
ALTER TABLE contacts ADD COLUMN corrected BOOLEAN NOT NULL DEFAULT FALSE;
