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
CREATE UNIQUE INDEX confirmed_import_file ON confirmed_import (year, file_digest);

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
    credited_at {{int}},
    PRIMARY KEY (import_id, line_no)
);

-- The intent is stored before the signature, so that a crash leaves something to find and finish.
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
    ended_reason TEXT,
    superseded_by {{int}},
    PRIMARY KEY (learner_id, certificate_id)
);
CREATE UNIQUE INDEX certificate_in_force ON certificate (learner_id, year, kind) WHERE state IN ('intended', 'issued');
CREATE INDEX certificate_intended ON certificate (intended_at) WHERE state = 'intended';

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
