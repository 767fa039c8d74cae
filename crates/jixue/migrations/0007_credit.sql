-- The credit ledger, standing, confirmed hours, certificates, rollups.

CREATE TABLE credit_entry (
    learner_id {{int}} NOT NULL,
    entry_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    subject TEXT NOT NULL,
    seconds {{int}} NOT NULL,
    source TEXT NOT NULL,
    source_id {{int}} NOT NULL,
    source_line {{int}} NOT NULL,
    title TEXT NOT NULL,
    provider TEXT NOT NULL,
    happened_on {{int}} NOT NULL,
    reverses {{int}},
    at {{int}} NOT NULL,
    PRIMARY KEY (learner_id, entry_id)
);
-- A lesson counts once, a confirmed line counts once, however often the reaction runs.
CREATE UNIQUE INDEX credit_entry_source ON credit_entry (learner_id, year, source, source_id, source_line)
    WHERE reverses IS NULL;

-- A projection: where each learner stands in a year. Rebuilt from facts, recounted nightly.
CREATE TABLE standing (
    learner_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    unit_id {{int}} NOT NULL,
    region_code TEXT NOT NULL,
    public_seconds {{int}} NOT NULL,
    professional_seconds {{int}} NOT NULL,
    exam_passed_at {{int}},
    paid_at {{int}},
    learning_at {{int}},
    public_met_at {{int}},
    annual_met_at {{int}},
    PRIMARY KEY (learner_id, year)
);
CREATE INDEX standing_of_unit ON standing (unit_id, year, learner_id);

-- Hours earned elsewhere: a list one officer uploads and confirms.
CREATE TABLE confirmed_import (
    import_id {{id}} PRIMARY KEY,
    year {{int}} NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    confirmed_by {{int}},
    confirmed_at {{int}},
    rows_good {{int}} NOT NULL,
    rows_bad {{int}} NOT NULL
);
-- Each officer's own: a file that somebody else sent first must not lead to that list.
CREATE UNIQUE INDEX confirmed_import_file ON confirmed_import (year, file_digest, uploaded_by);

CREATE TABLE confirmed_line (
    import_id {{int}} NOT NULL,
    line_no {{int}} NOT NULL,
    learner_id {{int}},
    name TEXT NOT NULL,
    identity_masked TEXT NOT NULL,
    subject TEXT NOT NULL,
    seconds {{int}} NOT NULL,
    title TEXT NOT NULL,
    provider TEXT NOT NULL,
    happened_on {{int}} NOT NULL,
    refusals TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    -- What makes two lines the same hours, whatever list they stand in; none without a learner.
    fingerprint TEXT,
    credited_at {{int}},
    PRIMARY KEY (import_id, line_no)
);
CREATE INDEX confirmed_line_fingerprint ON confirmed_line (fingerprint);
CREATE UNIQUE INDEX confirmed_line_credited ON confirmed_line (fingerprint) WHERE credited_at IS NOT NULL;

-- The intent is stored before the signature, so that a crash leaves something to find and finish. A replacement waits
-- as 'replacing' beside the certificate it will supersede; if that one is revoked meanwhile, it is 'withdrawn' unissued.
CREATE TABLE certificate (
    learner_id {{int}} NOT NULL,
    certificate_id {{int}} NOT NULL,
    year {{int}} NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    number TEXT NOT NULL,
    verification_code TEXT NOT NULL,
    record {{blob}} NOT NULL,
    record_sha256 TEXT NOT NULL,
    document_sha256 TEXT,
    intended_at {{int}} NOT NULL,
    issued_at {{int}},
    ended_at {{int}},
    ended_by {{int}},
    ended_reason TEXT,
    superseded_by {{int}},
    replaces {{int}},
    replaces_by {{int}},
    replaces_reason TEXT,
    PRIMARY KEY (learner_id, certificate_id),
    CHECK (state IN ('intended', 'replacing', 'issued', 'superseded', 'revoked', 'withdrawn')),
    CHECK (state IN ('intended', 'replacing', 'withdrawn') OR document_sha256 IS NOT NULL)
);
CREATE UNIQUE INDEX certificate_in_force ON certificate (learner_id, year, kind) WHERE state IN ('intended', 'issued');
CREATE UNIQUE INDEX certificate_replacing ON certificate (learner_id, year, kind) WHERE state = 'replacing';
CREATE INDEX certificate_unsigned ON certificate (intended_at) WHERE state IN ('intended', 'replacing');

-- The last serial given out. The row is changed in the transaction that takes the number, so that none is given twice
-- and none is left out.
CREATE TABLE certificate_serial (
    year {{int}} NOT NULL,
    kind TEXT NOT NULL,
    serial {{int}} NOT NULL,
    PRIMARY KEY (year, kind)
);

CREATE TABLE certificate_number (
    number TEXT PRIMARY KEY,
    learner_id {{int}} NOT NULL,
    certificate_id {{int}} NOT NULL
);

CREATE TABLE verification_code (
    code TEXT PRIMARY KEY,
    learner_id {{int}} NOT NULL,
    certificate_id {{int}} NOT NULL
);

-- Counts per unit and year, kept in the transactions that cause them; counties are sums over at most 1,500 units.
CREATE TABLE progress_rollup (
    year {{int}} NOT NULL,
    unit_id {{int}} NOT NULL,
    region_code TEXT NOT NULL,
    required {{int}} NOT NULL,
    paid {{int}} NOT NULL,
    learning {{int}} NOT NULL,
    finished {{int}} NOT NULL,
    PRIMARY KEY (year, unit_id)
);
CREATE INDEX progress_rollup_region ON progress_rollup (year, region_code);
