//! What must differ between the engines, all of it: five words in DDL, and how to ask which tables exist.

/// Which engine the DDL is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Tables are made STRICT, so that a column holds only its type, as on PostgreSQL.
    Sqlite,
    /// Tables marked `{{distribute:column}}` get this many hash partitions; 0 leaves them plain.
    Postgres {
        /// Partitions per distributed table.
        hash_partitions: u32,
    },
}

/// A migration's text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DdlError {
    /// `{{…}}` that means nothing.
    #[error("unknown word {{{{{0}}}}}")]
    UnknownWord(String),
    /// A quotation or a comment is open at the end.
    #[error("a quotation, a comment or a word in braces does not end")]
    Unfinished,
    /// A constraint is checked at COMMIT only. On SQLite units share a COMMIT, and one unit's mistake would undo all.
    #[error("DEFERRABLE constraints are not allowed")]
    Deferrable,
    /// `{{distribute:…}}` stands outside CREATE TABLE.
    #[error("{{{{distribute:{0}}}}} belongs at the end of CREATE TABLE")]
    NothingToDistribute(String),
}

impl Dialect {
    /// Lists the tables of the current schema, by name, without the engine's own.
    pub(super) fn tables_sql(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Self::Postgres { .. } => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() \
                 AND table_type = 'BASE TABLE' ORDER BY 1"
            }
        }
    }

    /// Keeps two programs from migrating at once. SQLite's one writer has seen to it already.
    pub(super) fn lock_migrations_ddl(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { .. } => Some("LOCK TABLE schema_migration IN EXCLUSIVE MODE"),
        }
    }

    /// Splits portable DDL into statements and puts this engine's words in.
    ///
    /// | word | SQLite | PostgreSQL |
    /// |---|---|---|
    /// | `{{id}}`, `{{int}}` | INTEGER | BIGINT |
    /// | `{{blob}}` | BLOB | BYTEA |
    /// | `{{clustered}}` after `)` | WITHOUT ROWID: rows lie in key order | nothing |
    /// | `{{distribute:column}}` after `)` | nothing | nothing, or PARTITION BY HASH and its partitions |
    ///
    /// # Errors
    /// [`DdlError`] when the text cannot be read.
    pub fn statements(self, ddl: &str) -> Result<Vec<String>, DdlError> {
        let mut statements = Vec::new();
        for raw in split(ddl)? {
            self.render(&raw, &mut statements)?;
        }
        Ok(statements)
    }

    fn render(self, raw: &str, statements: &mut Vec<String>) -> Result<(), DdlError> {
        if raw.to_ascii_uppercase().contains("DEFERRABLE") {
            return Err(DdlError::Deferrable);
        }
        let table = created_table(raw);
        let mut text = String::with_capacity(raw.len());
        let mut without_rowid = false;
        let mut partitions = Vec::new();
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once("{{") {
            let (word, after) = after.split_once("}}").ok_or(DdlError::Unfinished)?;
            text.push_str(before);
            match (word, self) {
                ("id" | "int", Self::Sqlite) => text.push_str("INTEGER"),
                ("id" | "int", Self::Postgres { .. }) => text.push_str("BIGINT"),
                ("blob", Self::Sqlite) => text.push_str("BLOB"),
                ("blob", Self::Postgres { .. }) => text.push_str("BYTEA"),
                ("clustered", Self::Sqlite) => without_rowid = true,
                ("clustered", Self::Postgres { .. }) => {}
                _ => {
                    let column =
                        word.strip_prefix("distribute:").ok_or_else(|| DdlError::UnknownWord(word.to_owned()))?;
                    let name = table.ok_or_else(|| DdlError::NothingToDistribute(column.to_owned()))?;
                    text.push_str(&self.distribute(name, column, &mut partitions));
                }
            }
            rest = after;
        }
        text.push_str(rest);
        let mut text = text.trim_end().to_owned();
        if self == Self::Sqlite && table.is_some() {
            text.push_str(if without_rowid { " WITHOUT ROWID, STRICT" } else { " STRICT" });
        }
        statements.push(text);
        statements.append(&mut partitions);
        Ok(())
    }

    fn distribute(self, table: &str, column: &str, partitions: &mut Vec<String>) -> String {
        match self {
            Self::Sqlite | Self::Postgres { hash_partitions: 0 } => String::new(),
            Self::Postgres { hash_partitions } => {
                partitions.extend((0..hash_partitions).map(|remainder| {
                    format!(
                        "CREATE TABLE {table}_{remainder} PARTITION OF {table} \
                         FOR VALUES WITH (MODULUS {hash_partitions}, REMAINDER {remainder})"
                    )
                }));
                format!("PARTITION BY HASH ({column})")
            }
        }
    }
}

/// The table that a CREATE TABLE statement makes.
fn created_table(statement: &str) -> Option<&str> {
    let mut words =
        statement.split(|letter: char| letter.is_whitespace() || letter == '(').filter(|word| !word.is_empty());
    let mut is = |expected: &str| words.next().is_some_and(|word| word.eq_ignore_ascii_case(expected));
    if !(is("CREATE") && is("TABLE")) {
        return None;
    }
    let name = words.next()?;
    if name.eq_ignore_ascii_case("IF") { words.nth(2) } else { Some(name) }
}

/// Splits at semicolons outside quotations, and drops comments.
fn split(ddl: &str) -> Result<Vec<String>, DdlError> {
    let mut statements = Vec::new();
    let mut statement = String::new();
    let mut rest = ddl;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
            statement.push('\n');
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").ok_or(DdlError::Unfinished)?.1;
            statement.push(' ');
        } else if letter == '\'' || letter == '"' {
            let end = rest[1..].find(letter).ok_or(DdlError::Unfinished)? + 2;
            statement.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            rest = &rest[letter.len_utf8()..];
            if letter == ';' { finish(&mut statement, &mut statements) } else { statement.push(letter) }
        }
    }
    finish(&mut statement, &mut statements);
    Ok(statements)
}

fn finish(statement: &mut String, statements: &mut Vec<String>) {
    let finished = std::mem::take(statement);
    if !finished.trim().is_empty() {
        statements.push(finished.trim().to_owned());
    }
}
