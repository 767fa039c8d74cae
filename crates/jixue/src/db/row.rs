//! Rows as both engines give them.

use rusqlite::types::ValueRef;
use tokio_postgres::types::{FromSql, Type};

use super::Failure;
use crate::error::Result;

/// One value of a row, borrowed from the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// SQL's NULL.
    Null,
    /// Any integer, and PostgreSQL's BOOLEAN (as in `SELECT EXISTS (…)`) as 0 or 1.
    Integer(i64),
    /// TEXT.
    Text(&'a str),
    /// BLOB or BYTEA.
    Blob(&'a [u8]),
}

impl Cell<'_> {
    fn kind(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer(_) => "an integer",
            Self::Text(_) => "a text",
            Self::Blob(_) => "a blob",
        }
    }
}

/// A type that can be read from a column.
pub trait FromCell: Sized {
    /// What the column must hold, for the failure's sentence.
    const EXPECTED: &'static str;

    /// Reads the value; `None` when the column holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// One row of a query's answer.
pub struct Row<'a>(Source<'a>);

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(super) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Source::Sqlite(row))
    }

    pub(super) fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }

    /// The column at `index`, counted from 0 in the order of the SELECT list.
    ///
    /// # Errors
    /// [`Failure::Column`] when it holds something else, or there is no such column.
    pub fn get<T: FromCell>(&self, index: usize) -> Result<T> {
        let cell = self.cell(index)?;
        T::from_cell(cell).ok_or_else(|| mismatch(index, T::EXPECTED, cell.kind().to_owned()).into())
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, Failure> {
        match self.0 {
            Source::Sqlite(row) => match row.get_ref(index)? {
                ValueRef::Null => Ok(Cell::Null),
                ValueRef::Integer(value) => Ok(Cell::Integer(value)),
                ValueRef::Blob(value) => Ok(Cell::Blob(value)),
                ValueRef::Text(value) => std::str::from_utf8(value)
                    .map(Cell::Text)
                    .map_err(|_| mismatch(index, "a text", "broken UTF-8".to_owned())),
                ValueRef::Real(_) => Err(mismatch(index, "no float", "a float".to_owned())),
            },
            Source::Postgres(row) => match row.try_get::<_, Wire<'_>>(index) {
                Ok(Wire(cell)) => Ok(cell),
                Err(error) => match row.columns().get(index) {
                    Some(column) if !Wire::accepts(column.type_()) => {
                        Err(mismatch(index, "an integer, a text or a blob", column.type_().to_string()))
                    }
                    _ => Err(error.into()),
                },
            },
        }
    }
}

fn mismatch(index: usize, expected: &'static str, found: String) -> Failure {
    Failure::Column { index, expected, found }
}

/// A cell as it comes over PostgreSQL's wire.
struct Wire<'a>(Cell<'a>);

impl<'a> FromSql<'a> for Wire<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT8 => Cell::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Cell::Integer(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => Cell::Integer(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => Cell::Blob(raw),
            _ => Cell::Text(std::str::from_utf8(raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Cell::Null))
    }

    fn accepts(kind: &Type) -> bool {
        readable(kind)
    }
}

/// Whether a column of this PostgreSQL type can be read; NUMERIC, for one, cannot (`SUM` of BIGINT wants a CAST).
pub(super) fn readable(kind: &Type) -> bool {
    matches!(*kind, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::BYTEA)
        || matches!(*kind, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME)
}

impl FromCell for i64 {
    const EXPECTED: &'static str = "an integer";

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(value) => Some(value),
            _ => None,
        }
    }
}

macro_rules! narrow_integers {
    ($($integer:ty),+) => {$(
        impl FromCell for $integer {
            const EXPECTED: &'static str = concat!("an integer within ", stringify!($integer));

            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                i64::from_cell(cell).and_then(|value| value.try_into().ok())
            }
        }
    )+};
}

narrow_integers!(i32, i16, u32, u16, u8);

impl FromCell for bool {
    const EXPECTED: &'static str = "0 or 1";

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(0) => Some(false),
            Cell::Integer(1) => Some(true),
            _ => None,
        }
    }
}

impl FromCell for String {
    const EXPECTED: &'static str = "a text";

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(value) => Some(value.to_owned()),
            _ => None,
        }
    }
}

impl FromCell for Vec<u8> {
    const EXPECTED: &'static str = "a blob";

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(value) => Some(value.to_owned()),
            _ => None,
        }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    const EXPECTED: &'static str = "a blob of fixed length";

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Blob(value) => value.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            other => T::from_cell(other).map(Some),
        }
    }
}
