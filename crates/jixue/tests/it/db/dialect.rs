//! One DDL text for both engines.

use jixue::db::{DdlError, Dialect};

const PLAIN: Dialect = Dialect::Postgres { hash_partitions: 0 };

#[test]
fn each_engine_gets_its_own_words() {
    let ddl = "CREATE TABLE seat (learner_id {{id}} NOT NULL, body {{blob}}, at {{int}}) {{clustered}} {{distribute:learner_id}};";
    assert_eq!(
        Dialect::Sqlite.statements(ddl).unwrap(),
        ["CREATE TABLE seat (learner_id INTEGER NOT NULL, body BLOB, at INTEGER) WITHOUT ROWID, STRICT"]
    );
    assert_eq!(
        PLAIN.statements(ddl).unwrap(),
        ["CREATE TABLE seat (learner_id BIGINT NOT NULL, body BYTEA, at BIGINT)"]
    );
}

/// The proof that the schema could be distributed: every distributed table in two parts.
#[test]
fn a_distributed_table_gets_its_partitions() {
    let ddl = "CREATE TABLE IF NOT EXISTS seat(learner_id {{id}}) {{distribute:learner_id}}; CREATE INDEX i ON seat (learner_id)";
    let statements = Dialect::Postgres { hash_partitions: 2 }.statements(ddl).unwrap();
    assert_eq!(
        statements,
        [
            "CREATE TABLE IF NOT EXISTS seat(learner_id BIGINT) PARTITION BY HASH (learner_id)",
            "CREATE TABLE seat_0 PARTITION OF seat FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
            "CREATE TABLE seat_1 PARTITION OF seat FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
            "CREATE INDEX i ON seat (learner_id)",
        ]
    );
}

/// A semicolon in a reason or a name must not cut a statement in two.
#[test]
fn only_a_bare_semicolon_ends_a_statement() {
    let ddl = "-- first; a comment with 'quotes\nINSERT INTO theme VALUES ('学时；a;b''c -- no'); /* two; */ INSERT INTO \"odd;name\" VALUES (1) ;; ";
    assert_eq!(
        Dialect::Sqlite.statements(ddl).unwrap(),
        ["INSERT INTO theme VALUES ('学时；a;b''c -- no')", "INSERT INTO \"odd;name\" VALUES (1)"]
    );
    assert!(Dialect::Sqlite.statements(" -- nothing\n ; ").unwrap().is_empty());
}

#[test]
fn what_cannot_be_read_is_refused() {
    let refused = |ddl: &str| PLAIN.statements(ddl).unwrap_err();
    assert_eq!(refused("CREATE TABLE a (b {{money}})"), DdlError::UnknownWord("money".to_owned()));
    assert_eq!(refused("CREATE INDEX a ON b (c) {{distribute:c}}"), DdlError::NothingToDistribute("c".to_owned()));
    assert_eq!(refused("INSERT INTO a VALUES ('open)"), DdlError::Unfinished);
    assert_eq!(refused("/* open"), DdlError::Unfinished);
    assert_eq!(refused("CREATE TABLE a (b {{int)"), DdlError::Unfinished);
    let late = "CREATE TABLE a (b {{id}} REFERENCES c (d) deferrable initially deferred)";
    assert_eq!(refused(late), DdlError::Deferrable);
}
