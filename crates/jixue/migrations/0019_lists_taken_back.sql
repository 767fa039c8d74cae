-- Lists of units and of employments can be taken back for a day: each row remembers what it brought about. The states of a
-- list and of its rows are checked by the tables, so both are made again. And sheets whose header says too little wait until
-- somebody says which column is which.
CREATE TABLE list_import_next (
    import_id {{int}} NOT NULL,
    list_kind TEXT NOT NULL,
    region_code TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    applied_by {{int}},
    -- The last sign of life of whoever brings its rows in, or takes them back.
    applying_since {{int}},
    applied_at {{int}},
    undone_by {{int}},
    undone_at {{int}},
    rows_new {{int}} NOT NULL,
    rows_known {{int}} NOT NULL,
    rows_refused {{int}} NOT NULL,
    rows_imported {{int}} NOT NULL,
    rows_undone {{int}} NOT NULL,
    rows_stayed {{int}} NOT NULL,
    PRIMARY KEY (import_id),
    CHECK (list_kind IN ('units', 'employments')),
    CHECK (state IN ('receiving', 'checked', 'applying', 'applied', 'undoing', 'undone'))
);
INSERT INTO list_import_next (import_id, list_kind, region_code, file_name, file_digest, state, uploaded_by, uploaded_at,
        applied_by, applying_since, applied_at, rows_new, rows_known, rows_refused, rows_imported, rows_undone, rows_stayed)
    SELECT import_id, list_kind, region_code, file_name, file_digest, state, uploaded_by, uploaded_at, applied_by,
        applying_since, applied_at, rows_new, rows_known, rows_refused, rows_imported, 0, 0
    FROM list_import;
DROP TABLE list_import;
ALTER TABLE list_import_next RENAME TO list_import;
CREATE INDEX list_import_of_region ON list_import (list_kind, region_code, import_id);
CREATE INDEX list_import_file ON list_import (file_digest);
CREATE INDEX list_import_unfinished ON list_import (applying_since) WHERE state IN ('applying', 'undoing');
CREATE INDEX list_import_age ON list_import (uploaded_at);

CREATE TABLE list_import_row_next (
    import_id {{int}} NOT NULL,
    row_no {{int}} NOT NULL,
    state TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    -- Code and arguments of what is wrong, or of why the row stays; empty when nothing is.
    refusal TEXT NOT NULL,
    -- What the row brought about, and when: a unit; or of somebody the employment that began and the one that ended.
    done_at {{int}},
    unit_id {{int}},
    learner_id {{int}},
    begun_employment {{int}},
    ended_employment {{int}},
    PRIMARY KEY (import_id, row_no),
    CHECK (state IN ('new', 'known', 'refused', 'imported', 'undone', 'stayed'))
);
INSERT INTO list_import_row_next (import_id, row_no, state, sealed, refusal)
    SELECT import_id, row_no, state, sealed, refusal FROM list_import_row;
DROP TABLE list_import_row;
ALTER TABLE list_import_row_next RENAME TO list_import_row;
CREATE INDEX list_import_row_state ON list_import_row (import_id, state, row_no);
CREATE INDEX list_import_row_learner ON list_import_row (learner_id) WHERE learner_id IS NOT NULL;

-- What an officer changed since is not taken back with the list that brought the unit.
ALTER TABLE employer_unit ADD COLUMN changed_at {{int}};

-- A sheet that waits for somebody to say which column is which. It may hold numbers of people: it is sealed, and thrown
-- away after a week.
CREATE TABLE waiting_sheet (
    sheet_id {{id}} PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- The programme year of hours; 0 for lists that belong to none.
    year {{int}} NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    sealed {{blob}} NOT NULL,
    CHECK (purpose IN ('units', 'employments', 'confirmed_hours'))
);
-- The same file again is the same sheet.
CREATE UNIQUE INDEX waiting_sheet_file ON waiting_sheet (uploaded_by, purpose, year, file_digest);
CREATE INDEX waiting_sheet_age ON waiting_sheet (uploaded_at);
