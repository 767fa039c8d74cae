-- The audit trail; notices and consents; what people ask about their own data.

-- Who did what to whom, when and what for. Each row is bound by the fact of the same number in book "audit": a changed,
-- added or missing row is found. Rows whose time is over are removed, their facts stay.
CREATE TABLE audit_entry (
    entry_id {{id}} PRIMARY KEY,
    at {{int}} NOT NULL,
    account_id {{int}} NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id {{int}} NOT NULL,
    learner_id {{int}} NOT NULL,
    region_code TEXT NOT NULL,
    words TEXT NOT NULL,
    salt {{blob}} NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_account ON audit_entry (account_id, entry_id);
CREATE INDEX audit_entry_action ON audit_entry (action, entry_id);
-- "Who has looked at my data".
CREATE INDEX audit_entry_learner ON audit_entry (learner_id, entry_id) WHERE learner_id <> 0;
