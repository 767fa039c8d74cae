//! Values bound to a statement: the four kinds both engines store.

use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, Type, private::BytesMut};

use super::Failure;

/// A bound value. Booleans are 0 and 1, instants epoch milliseconds, money fen: all of them integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// INTEGER on SQLite, BIGINT on PostgreSQL.
    Integer(i64),
    /// TEXT.
    Text(String),
    /// BLOB on SQLite, BYTEA on PostgreSQL.
    Blob(Vec<u8>),
}

impl Value {
    /// The type PostgreSQL is told where statements are not prepared; it infers the type of a NULL itself.
    pub(super) fn postgres_type(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Integer(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
            Self::Blob(_) => Type::BYTEA,
        }
    }

    /// Refuses what only one of the engines could store.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Text(text) if text.as_bytes().contains(&0) => Err(Failure::NulInText),
            _ => Ok(()),
        }
    }
}

macro_rules! from_integer {
    ($($integer:ty),+) => {$(
        impl From<$integer> for Value {
            fn from(value: $integer) -> Self {
                Self::Integer(i64::from(value))
            }
        }
    )+};
}

from_integer!(i64, i32, i16, u32, u16, u8, bool);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(value: &Vec<u8>) -> Self {
        Self::Blob(value.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl tokio_postgres::types::ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let fits = match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(_) => [Type::INT8, Type::INT4, Type::INT2].contains(wanted),
            Self::Text(_) => [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(wanted),
            Self::Blob(_) => *wanted == Type::BYTEA,
        };
        // The engine reads the bytes as the type it wants, so a wrong one would be stored as nonsense.
        if !fits {
            return Err(format!("PostgreSQL wants {wanted} and was given {}", self.postgres_type()).into());
        }
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(value) if *wanted == Type::INT4 => i32::try_from(*value)?.to_sql(wanted, out),
            Self::Integer(value) if *wanted == Type::INT2 => i16::try_from(*value)?.to_sql(wanted, out),
            Self::Integer(value) => value.to_sql(wanted, out),
            Self::Text(value) => value.to_sql(wanted, out),
            Self::Blob(value) => value.to_sql(wanted, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // decided above, where the kind of the value is known
    }

    tokio_postgres::types::to_sql_checked!();
}

/// Turns anything with `Into<Value>` into the slice that a statement takes: `values![learner_id, amount, "paid"]`.
#[macro_export]
#[doc(hidden)]
macro_rules! db_values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::db::Value::from($value)),*] as &[$crate::db::Value]
    };
}

/// Lets types that wrap an integer be bound and read: `value_from! { LearnerId => LearnerId::from_raw, Fen => Fen }`.
///
/// The type needs `i64: From<Type>`; after the arrow stands what makes one from the stored integer.
#[macro_export]
#[doc(hidden)]
macro_rules! db_value_from {
    ($($type:ty => $make:expr),+ $(,)?) => {$(
        impl From<$type> for $crate::db::Value {
            fn from(value: $type) -> Self {
                Self::Integer(i64::from(value))
            }
        }

        impl $crate::db::FromCell for $type {
            const EXPECTED: &'static str = stringify!($type);

            fn from_cell(cell: $crate::db::Cell<'_>) -> Option<Self> {
                <i64 as $crate::db::FromCell>::from_cell(cell).map($make)
            }
        }
    )+};
}
