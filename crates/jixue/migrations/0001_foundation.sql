-- What every room stands on: facts, jobs, leases.

-- Facts are appended and never changed. A business transaction inserts them without a number; one leased sequencer
-- numbers and links them per book, choosing rows by seq IS NULL, so a late commit can never be skipped.
CREATE TABLE fact (
    book TEXT NOT NULL,
    fact_id {{int}} NOT NULL,
    seq {{int}},
    kind TEXT NOT NULL,
    body {{blob}} NOT NULL,
    digest {{blob}} NOT NULL,
    link {{blob}},
    at {{int}} NOT NULL,
    PRIMARY KEY (book, fact_id)
);
CREATE UNIQUE INDEX fact_chain ON fact (book, seq) WHERE seq IS NOT NULL;
CREATE INDEX fact_unsequenced ON fact (fact_id) WHERE seq IS NULL;

-- The end of each book's chain, so that numbering reads one row.
CREATE TABLE fact_book (
    book TEXT PRIMARY KEY,
    seq {{int}} NOT NULL,
    link {{blob}} NOT NULL
);

-- A job is written in the transaction that causes it, carries ids only, and may run twice.
CREATE TABLE job (
    job_id {{id}} PRIMARY KEY,
    kind TEXT NOT NULL,
    owner_id {{int}} NOT NULL,
    object_id {{int}} NOT NULL,
    run_at {{int}} NOT NULL,
    attempts {{int}} NOT NULL DEFAULT 0,
    leased_until {{int}} NOT NULL DEFAULT 0,
    -- Asked for once more while it was being done: when it is to run again.
    again_at {{int}},
    last_error TEXT,
    done_at {{int}}
);
-- Asking twice for the same work while it waits is asking once.
CREATE UNIQUE INDEX job_once ON job (kind, owner_id, object_id) WHERE done_at IS NULL;
CREATE INDEX job_due ON job (run_at) WHERE done_at IS NULL;

-- Who holds a task that only one node may do (sequencer, sweeps), and node numbers for ids.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until {{int}} NOT NULL
);
