-- Imports: somebody may say which column is which, and an import can be undone for a day. The states of an import and of
-- its rows are checked by the tables, so both are made again.

CREATE TABLE roster_import_next (
    import_id {{id}} PRIMARY KEY,
    unit_id {{int}} NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Where people begin in the sheet and which column is which; none until it is known.
    layout TEXT,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    -- The last sign of life of whoever brings its people in, or lets them go again.
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
    CHECK (state IN ('receiving', 'unmapped', 'checked', 'applying', 'applied', 'undoing', 'undone'))
);
INSERT INTO roster_import_next (import_id, unit_id, file_name, file_digest, state, uploaded_by, uploaded_at, applying_since,
        applied_at, rows_new, rows_known, rows_refused, rows_imported, rows_undone, rows_stayed)
    SELECT import_id, unit_id, file_name, file_digest, state, uploaded_by, uploaded_at, applying_since, applied_at,
        rows_new, rows_known, rows_refused, rows_imported, 0, 0
    FROM roster_import;
DROP TABLE roster_import;
ALTER TABLE roster_import_next RENAME TO roster_import;
-- The same file twice is the same import, until that is undone.
CREATE UNIQUE INDEX roster_import_file ON roster_import (unit_id, file_digest) WHERE state <> 'undone';
CREATE INDEX roster_import_of_unit ON roster_import (unit_id, import_id);
-- What a sweep looks for: begun and not finished.
CREATE INDEX roster_import_unfinished ON roster_import (applying_since) WHERE state IN ('applying', 'undoing');

CREATE TABLE roster_import_row_next (
    import_id {{int}} NOT NULL,
    row_no {{int}} NOT NULL,
    state TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    refusals TEXT NOT NULL,
    learner_id {{int}},
    PRIMARY KEY (import_id, row_no),
    CHECK (state IN ('new', 'known', 'refused', 'imported', 'undone', 'stayed'))
);
INSERT INTO roster_import_row_next (import_id, row_no, state, sealed, refusals, learner_id)
    SELECT import_id, row_no, state, sealed, refusals, learner_id FROM roster_import_row;
DROP TABLE roster_import_row;
ALTER TABLE roster_import_row_next RENAME TO roster_import_row;
CREATE INDEX roster_import_row_state ON roster_import_row (import_id, state, row_no);

-- The sheet of an import until its people come in, sealed: it may hold more columns of people than we ask for.
CREATE TABLE roster_import_sheet (
    import_id {{int}} PRIMARY KEY,
    sealed {{blob}} NOT NULL,
    kept_at {{int}} NOT NULL
);
CREATE INDEX roster_import_sheet_age ON roster_import_sheet (kept_at);

-- Headers of a unit's own, as its clerk once said what they mean.
CREATE TABLE roster_header (
    unit_id {{int}} NOT NULL,
    header TEXT NOT NULL,
    column_code TEXT NOT NULL,
    told_at {{int}} NOT NULL,
    PRIMARY KEY (unit_id, header)
);

-- Undoing an import asks of each learner whether anything hangs on them.
CREATE INDEX order_line_learner ON order_line (learner_id);
CREATE INDEX confirmed_line_learner ON confirmed_line (learner_id) WHERE learner_id IS NOT NULL;
CREATE INDEX identity_index_learner ON identity_index (learner_id);
CREATE INDEX learner_phone_learner ON learner_phone (learner_id);
