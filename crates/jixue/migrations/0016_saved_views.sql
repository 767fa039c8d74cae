-- Filters of a list that somebody named for themselves. What is kept are the words of a search, never numbers of people:
-- those are refused before they come here. What is deleted stays for a while, so that it can be taken back.
CREATE TABLE saved_view (
    account_id {{int}} NOT NULL,
    view_id {{int}} NOT NULL,
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    -- The list begins with this one.
    is_start {{int}} NOT NULL DEFAULT 0,
    deleted_at {{int}},
    PRIMARY KEY (account_id, view_id),
    CHECK (list IN ('unit_people', 'bureau_people', 'bureau_units')),
    CHECK (is_start IN (0, 1))
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (account_id, list, name) WHERE deleted_at IS NULL;
-- A list begins in one place.
CREATE UNIQUE INDEX saved_view_start ON saved_view (account_id, list) WHERE is_start = 1 AND deleted_at IS NULL;
