-- Regions, units, people and where they work.

CREATE TABLE region (
    code TEXT PRIMARY KEY,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);

CREATE TABLE bureau (
    region_code TEXT PRIMARY KEY,
    uscc TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    certificate_prefix TEXT NOT NULL
);

CREATE TABLE employer_unit (
    unit_id {{id}} PRIMARY KEY,
    uscc TEXT,
    uscc_absent_reason TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    region_code TEXT NOT NULL,
    industry TEXT NOT NULL,
    created_at {{int}} NOT NULL,
    CHECK (uscc IS NOT NULL OR uscc_absent_reason IS NOT NULL)
);
CREATE UNIQUE INDEX employer_unit_uscc ON employer_unit (uscc) WHERE uscc IS NOT NULL;
CREATE INDEX employer_unit_region ON employer_unit (region_code, unit_id);

CREATE TABLE training_base (
    base_id {{id}} PRIMARY KEY,
    uscc TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL,
    receipt_kind TEXT NOT NULL
);
CREATE UNIQUE INDEX training_base_uscc ON training_base (uscc);

-- Identity and phone numbers are ciphertext; exact search goes through the keyed indexes below.
CREATE TABLE learner (
    learner_id {{id}} PRIMARY KEY,
    name TEXT NOT NULL,
    identity_sealed {{blob}} NOT NULL,
    identity_masked TEXT NOT NULL,
    phone_sealed {{blob}} NOT NULL,
    phone_masked TEXT NOT NULL,
    title_series TEXT NOT NULL,
    title_level TEXT NOT NULL,
    created_at {{int}} NOT NULL
);

-- One person, one record: two imports may race, the key may not.
CREATE TABLE identity_index (
    identity_index {{blob}} PRIMARY KEY,
    learner_id {{int}} NOT NULL
);

-- A phone number belongs to one learner: it is how they sign in first.
CREATE TABLE learner_phone (
    phone_index {{blob}} PRIMARY KEY,
    learner_id {{int}} NOT NULL
);

CREATE TABLE employment (
    learner_id {{int}} NOT NULL,
    employment_id {{int}} NOT NULL,
    unit_id {{int}} NOT NULL,
    department TEXT NOT NULL,
    started_on {{int}} NOT NULL,
    ended_on {{int}},
    PRIMARY KEY (learner_id, employment_id)
);
CREATE UNIQUE INDEX employment_one_open ON employment (learner_id) WHERE ended_on IS NULL;
CREATE INDEX employment_of_unit ON employment (unit_id, learner_id) WHERE ended_on IS NULL;

-- A roster file between preview and import, and after it. The same file twice is the same import. The counts of rows are
-- a projection of the rows below.
CREATE TABLE roster_import (
    import_id {{id}} PRIMARY KEY,
    unit_id {{int}} NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    applying_since {{int}},
    applied_at {{int}},
    rows_new {{int}} NOT NULL,
    rows_known {{int}} NOT NULL,
    rows_refused {{int}} NOT NULL,
    rows_imported {{int}} NOT NULL,
    CHECK (state IN ('receiving', 'checked', 'applying', 'applied'))
);
CREATE UNIQUE INDEX roster_import_file ON roster_import (unit_id, file_digest);
CREATE INDEX roster_import_of_unit ON roster_import (unit_id, import_id);
-- What a sweep looks for: begun and not finished.
CREATE INDEX roster_import_applying ON roster_import (applying_since) WHERE state = 'applying';

-- Each row sealed with the application's key: it holds an identity number.
CREATE TABLE roster_import_row (
    import_id {{int}} NOT NULL,
    row_no {{int}} NOT NULL,
    state TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    refusals TEXT NOT NULL,
    learner_id {{int}},
    PRIMARY KEY (import_id, row_no),
    CHECK (state IN ('new', 'known', 'refused', 'imported'))
);
CREATE INDEX roster_import_row_state ON roster_import_row (import_id, state, row_no);
