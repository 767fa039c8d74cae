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

-- Notices read and consents given, by version. Taken back, a row says when: it stays as evidence.
CREATE TABLE consent (
    account_id {{int}} NOT NULL,
    consent_id {{int}} NOT NULL,
    kind TEXT NOT NULL,
    version {{int}} NOT NULL,
    given_at {{int}} NOT NULL,
    withdrawn_at {{int}},
    PRIMARY KEY (account_id, consent_id),
    CHECK (kind IN ('notice', 'sensitive'))
);
-- Agreed twice at once is agreed once.
CREATE UNIQUE INDEX consent_standing ON consent (account_id, kind, version) WHERE withdrawn_at IS NULL;

-- Somebody says that what is held about them is wrong. What it should be is sealed until it is decided, and forgotten then.
CREATE TABLE correction_request (
    learner_id {{int}} NOT NULL,
    request_id {{int}} NOT NULL,
    field TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at {{int}} NOT NULL,
    decided_by {{int}},
    decided_at {{int}},
    answer TEXT,
    PRIMARY KEY (learner_id, request_id),
    CHECK (field IN ('name', 'identity_number', 'phone')),
    CHECK (state IN ('open', 'granted', 'refused'))
);
-- One question at a time for each of the three.
CREATE UNIQUE INDEX correction_request_open ON correction_request (learner_id, field) WHERE state = 'open';
CREATE INDEX correction_request_waiting ON correction_request (request_id) WHERE state = 'open';

-- Somebody asks that what is held about them goes. Two officers decide: one agrees, another confirms.
CREATE TABLE erasure_request (
    learner_id {{int}} NOT NULL,
    request_id {{int}} NOT NULL,
    -- On paper: recorded by an officer; otherwise asked by the person.
    is_paper {{int}} NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by {{int}} NOT NULL,
    asked_at {{int}} NOT NULL,
    agreed_by {{int}},
    agreed_at {{int}},
    decided_by {{int}},
    decided_at {{int}},
    answer TEXT,
    PRIMARY KEY (learner_id, request_id),
    CHECK (state IN ('open', 'agreed', 'refused', 'withdrawn', 'done'))
);
CREATE UNIQUE INDEX erasure_request_open ON erasure_request (learner_id) WHERE state IN ('open', 'agreed');
CREATE INDEX erasure_request_waiting ON erasure_request (request_id) WHERE state IN ('open', 'agreed');

-- Whose data is gone: numbers only, so that it can be taken away again from an older copy.
CREATE TABLE erasure (
    learner_id {{id}} PRIMARY KEY,
    erased_at {{int}} NOT NULL
);
