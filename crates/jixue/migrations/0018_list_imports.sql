-- Lists of units and of employments that officers send: looked at first, brought in afterwards. A list belongs to the region
-- of the officer who sent it. Its rows may hold identity numbers: they are sealed, and thrown away after a week.
CREATE TABLE list_import (
    import_id {{int}} NOT NULL,
    list_kind TEXT NOT NULL,
    region_code TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    uploaded_by {{int}} NOT NULL,
    uploaded_at {{int}} NOT NULL,
    applied_by {{int}},
    -- The last sign of life of whoever brings its rows in.
    applying_since {{int}},
    applied_at {{int}},
    rows_new {{int}} NOT NULL,
    rows_known {{int}} NOT NULL,
    rows_refused {{int}} NOT NULL,
    rows_imported {{int}} NOT NULL,
    PRIMARY KEY (import_id),
    CHECK (list_kind IN ('units', 'employments')),
    CHECK (state IN ('receiving', 'checked', 'applying', 'applied'))
);
CREATE INDEX list_import_of_region ON list_import (list_kind, region_code, import_id);
-- The same file again replaces what nobody brought in.
CREATE INDEX list_import_file ON list_import (file_digest);
CREATE INDEX list_import_unfinished ON list_import (applying_since) WHERE state = 'applying';
CREATE INDEX list_import_age ON list_import (uploaded_at);

CREATE TABLE list_import_row (
    import_id {{int}} NOT NULL,
    row_no {{int}} NOT NULL,
    state TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    -- Code and arguments of what is wrong, empty when nothing is.
    refusal TEXT NOT NULL,
    PRIMARY KEY (import_id, row_no),
    CHECK (state IN ('new', 'known', 'refused', 'imported'))
);
CREATE INDEX list_import_row_state ON list_import_row (import_id, state, row_no);
