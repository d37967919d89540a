-- What browsers play in place of a recording that they do not (GSM, G.722, samples without a header, sizes that are not true): its
-- name in the object store, and its size. It is WAV with PCM of 16 bits.
ALTER TABLE recordings ADD COLUMN playable_object TEXT;
ALTER TABLE recordings ADD COLUMN playable_bytes BIGINT;
