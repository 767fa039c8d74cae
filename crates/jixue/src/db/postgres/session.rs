//! Statements within one PostgreSQL transaction.

use deadpool_postgres::Transaction;
use tokio_postgres::Statement;
use tokio_postgres::types::{ToSql, Type};

use crate::db::{Failure, Row, Value};
use crate::error::Result;

/// A transaction, and whether its statements are prepared once per connection.
pub(in crate::db) struct Session<'a> {
    transaction: &'a Transaction<'a>,
    prepared: bool,
}

impl<'a> Session<'a> {
    pub fn new(transaction: &'a Transaction<'a>, prepared: bool) -> Self {
        Self { transaction, prepared }
    }

    pub async fn execute(&self, sql: &'static str, values: &[Value]) -> Result<u64, Failure> {
        if self.prepared {
            let statement = self.statement(sql, values).await?;
            return Ok(self.transaction.execute_raw(&statement, values).await?);
        }
        Ok(self.transaction.execute_typed(sql, &typed(values)).await?)
    }

    pub async fn query<T>(
        &self,
        sql: &'static str,
        values: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let rows = if self.prepared {
            let statement = self.statement(sql, values).await?;
            let bound: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
            self.transaction.query(&statement, &bound).await
        } else {
            self.transaction.query_typed(sql, &typed(values)).await
        };
        rows.map_err(Failure::from)?.iter().map(|row| read(&Row::postgres(row))).collect()
    }

    pub async fn define(&self, ddl: &str) -> Result<(), Failure> {
        Ok(self.transaction.batch_execute(ddl).await?)
    }

    async fn statement(&self, sql: &'static str, values: &[Value]) -> Result<Statement, Failure> {
        let statement = self.transaction.prepare_cached(sql).await?;
        let wanted = statement.params().len();
        // The driver would panic over a wrong count.
        if wanted == values.len() { Ok(statement) } else { Err(Failure::Parameters { wanted, given: values.len() }) }
    }
}

/// The values with their types, for statements sent without preparing.
fn typed(values: &[Value]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as &(dyn ToSql + Sync), value.postgres_type())).collect()
}

/// What in a prepared statement our values and rows cannot carry: a parameter or a column of a foreign type.
pub(super) fn unfit(statement: &Statement) -> Option<String> {
    let parameter = statement.params().iter().position(|kind| !super::readable(kind) || *kind == Type::BOOL);
    let column = statement.columns().iter().position(|column| !super::readable(column.type_()));
    match (parameter, column) {
        (Some(at), _) => Some(format!("${} is of type {}: CAST it", at + 1, statement.params()[at])),
        (None, Some(at)) => Some(format!("column {at} is of type {}: CAST it", statement.columns()[at].type_())),
        (None, None) => None,
    }
}
