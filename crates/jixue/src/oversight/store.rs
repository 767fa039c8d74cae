//! SQL of the rollups: one row a unit and year, summed over a region's units, never over people.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Year;

crate::db::statements! {
    ADD = "INSERT INTO progress_rollup (year, unit_id, region_code, required, paid, learning, finished)
        SELECT s.year, s.unit_id, s.region_code, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
        FROM standing s WHERE s.learner_id = $1 AND s.year = $2
        ON CONFLICT (year, unit_id) DO UPDATE SET required = progress_rollup.required + excluded.required,
            paid = progress_rollup.paid + excluded.paid, learning = progress_rollup.learning + excluded.learning,
            finished = progress_rollup.finished + excluded.finished";
    RELEASE = "UPDATE progress_rollup SET required = required - 1 WHERE year = $1 AND unit_id = $2";
    BY_REGION = "SELECT r.code, r.name_zh, r.name_en, CAST(COUNT(p.unit_id) AS BIGINT),
            CAST(COALESCE(SUM(p.required), 0) AS BIGINT), CAST(COALESCE(SUM(p.paid), 0) AS BIGINT),
            CAST(COALESCE(SUM(p.learning), 0) AS BIGINT), CAST(COALESCE(SUM(p.finished), 0) AS BIGINT)
        FROM region r LEFT JOIN progress_rollup p ON p.region_code = r.code AND p.year = CAST($1 AS BIGINT)
        WHERE r.code >= $2 AND r.code < $3
        GROUP BY r.code, r.name_zh, r.name_en ORDER BY r.code LIMIT 200";
    BY_UNIT = "SELECT u.unit_id, u.name, u.kind, p.required, p.paid, p.learning, p.finished
        FROM progress_rollup p JOIN employer_unit u ON u.unit_id = p.unit_id
        WHERE p.year = $1 AND p.region_code = $2 AND p.region_code >= $3 AND p.region_code < $4 AND u.unit_id > $5
        ORDER BY u.unit_id LIMIT CAST($6 AS BIGINT)";
    DIFFERENT = "SELECT p.unit_id FROM progress_rollup p
        LEFT JOIN (SELECT s.unit_id, COUNT(*) AS required, COUNT(s.paid_at) AS paid, COUNT(s.learning_at) AS learning,
                COUNT(s.annual_met_at) AS finished
            FROM standing s WHERE s.year = $1 GROUP BY s.unit_id) c ON c.unit_id = p.unit_id
        WHERE p.year = $1 AND (p.required <> COALESCE(c.required, 0) OR p.paid <> COALESCE(c.paid, 0)
            OR p.learning <> COALESCE(c.learning, 0) OR p.finished <> COALESCE(c.finished, 0))
        ORDER BY p.unit_id LIMIT 500";
}

/// How many have come how far: each number includes the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub required: i64,
    pub paid: i64,
    pub learning: i64,
    pub finished: i64,
}

impl Progress {
    /// Adds another's counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            required: self.required + other.required,
            paid: self.paid + other.paid,
            learning: self.learning + other.learning,
            finished: self.finished + other.finished,
        }
    }

    /// Finished of required, in whole per cent, rounded down: 100 only when nobody is missing.
    pub fn finished_percent(self) -> i64 {
        if self.required == 0 { 0 } else { self.finished * 100 / self.required }
    }
}

/// A county, or the city's own units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionProgress {
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    pub units: i64,
    pub progress: Progress,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitProgress {
    pub unit: UnitId,
    pub name: String,
    pub kind: String,
    pub progress: Progress,
}

fn progress(row: &Row<'_>, first: usize) -> Result<Progress> {
    Ok(Progress {
        required: row.get(first)?,
        paid: row.get(first + 1)?,
        learning: row.get(first + 2)?,
        finished: row.get(first + 3)?,
    })
}

pub(super) async fn add(tx: &Tx<'_>, learner: LearnerId, year: Year, by: Progress) -> Result<()> {
    let row = values![learner, year, by.required, by.paid, by.learning, by.finished];
    tx.execute(ADD, row).await.map(drop)
}

/// One learner fewer is required; the standing is gone already, so the unit is told.
pub(super) async fn release(tx: &Tx<'_>, year: Year, unit: UnitId) -> Result<()> {
    tx.execute(RELEASE, values![year, unit]).await.map(drop)
}

/// Counts per region within the officer's scope.
pub async fn progress_by_region(tx: &Tx<'_>, scope: &Scope, year: Year) -> Result<Vec<RegionProgress>> {
    let bounds = scope.bounds();
    tx.query(BY_REGION, values![year, bounds.region_from, bounds.region_until], |row| {
        Ok(RegionProgress {
            code: row.get(0)?,
            name_zh: row.get(1)?,
            name_en: row.get(2)?,
            units: row.get(3)?,
            progress: progress(row, 4)?,
        })
    })
    .await
}

/// Counts per unit of a region within the officer's scope, by keyset.
pub async fn progress_by_unit(
    tx: &Tx<'_>,
    scope: &Scope,
    year: Year,
    region_code: &str,
    after: UnitId,
    limit: i64,
) -> Result<Vec<UnitProgress>> {
    let bounds = scope.bounds();
    let row = values![year, region_code, bounds.region_from, bounds.region_until, after, limit];
    tx.query(BY_UNIT, row, |row| {
        Ok(UnitProgress { unit: row.get(0)?, name: row.get(1)?, kind: row.get(2)?, progress: progress(row, 3)? })
    })
    .await
}

/// Units whose counts differ from their people's standings, 500 at most; nightly and in tests.
pub async fn recount(tx: &Tx<'_>, year: Year) -> Result<Vec<UnitId>> {
    tx.query(DIFFERENT, values![year], |row| row.get(0)).await
}
