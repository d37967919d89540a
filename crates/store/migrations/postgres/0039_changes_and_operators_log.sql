-- Counted up with every change of the campaign's calls and customers: whoever sees this campaign alone is told of nothing else.
ALTER TABLE campaigns ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;

-- What whoever runs the service did, in all accounts: audit::of_operators asks in these very words.
CREATE INDEX audit_entries_of_operators ON audit_entries (at, account_id, entry_no)
WHERE action IN ('account_made', 'operator_entered', 'operator_left', 'quotas_changed')
   OR (action = 'user_invited' AND actor_kind = 'operator');
