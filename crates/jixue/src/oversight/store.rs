//! SQL of the rollups: one row a unit and year, summed over a region's units, never over people.

use crate::db::{Row, Tx, values};
use crate::error::Result;
use crate::org::bound_unit;
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::time::Year;

crate::db::statements! {
    // Whoever is exempt from a year is counted as that, and in nothing else.
    ADD = "INSERT INTO progress_rollup (year, unit_id, region_code, required, paid, learning, finished, exempt)
        SELECT s.year, s.unit_id, s.region_code, CASE WHEN s.waived_at IS NULL THEN CAST($3 AS BIGINT) ELSE 0 END,
            CASE WHEN s.waived_at IS NULL THEN CAST($4 AS BIGINT) ELSE 0 END,
            CASE WHEN s.waived_at IS NULL THEN CAST($5 AS BIGINT) ELSE 0 END,
            CASE WHEN s.waived_at IS NULL THEN CAST($6 AS BIGINT) ELSE 0 END,
            CASE WHEN s.waived_at IS NULL THEN 0 ELSE CAST($3 AS BIGINT) END
        FROM standing s WHERE s.learner_id = $1 AND s.year = $2
        ON CONFLICT (year, unit_id) DO UPDATE SET required = progress_rollup.required + excluded.required,
            paid = progress_rollup.paid + excluded.paid, learning = progress_rollup.learning + excluded.learning,
            finished = progress_rollup.finished + excluded.finished, exempt = progress_rollup.exempt + excluded.exempt";
    RELEASE = "UPDATE progress_rollup SET required = required - 1 WHERE year = $1 AND unit_id = $2";
    // Somebody's years since $3 go to unit $2: out of the counts they stand in, into its own.
    MOVE_IN = "INSERT INTO progress_rollup (year, unit_id, region_code, required, paid, learning, finished, exempt)
        SELECT s.year, u.unit_id, u.region_code, CASE WHEN s.waived_at IS NULL THEN 1 ELSE 0 END,
            CASE WHEN s.waived_at IS NULL AND s.paid_at IS NOT NULL THEN 1 ELSE 0 END,
            CASE WHEN s.waived_at IS NULL AND s.learning_at IS NOT NULL THEN 1 ELSE 0 END,
            CASE WHEN s.waived_at IS NULL AND s.annual_met_at IS NOT NULL THEN 1 ELSE 0 END,
            CASE WHEN s.waived_at IS NULL THEN 0 ELSE 1 END
        FROM standing s JOIN employer_unit u ON u.unit_id = $2
        WHERE s.learner_id = $1 AND s.unit_id <> $2 AND s.year >= $3
        ON CONFLICT (year, unit_id) DO UPDATE SET required = progress_rollup.required + excluded.required,
            paid = progress_rollup.paid + excluded.paid, learning = progress_rollup.learning + excluded.learning,
            finished = progress_rollup.finished + excluded.finished, exempt = progress_rollup.exempt + excluded.exempt";
    MOVE_OUT = "UPDATE progress_rollup SET
            required = required - (SELECT COUNT(*) FROM standing s
                WHERE s.learner_id = $1 AND s.year = progress_rollup.year AND s.waived_at IS NULL),
            paid = paid - (SELECT COUNT(s.paid_at) FROM standing s
                WHERE s.learner_id = $1 AND s.year = progress_rollup.year AND s.waived_at IS NULL),
            learning = learning - (SELECT COUNT(s.learning_at) FROM standing s
                WHERE s.learner_id = $1 AND s.year = progress_rollup.year AND s.waived_at IS NULL),
            finished = finished - (SELECT COUNT(s.annual_met_at) FROM standing s
                WHERE s.learner_id = $1 AND s.year = progress_rollup.year AND s.waived_at IS NULL),
            exempt = exempt - (SELECT COUNT(s.waived_at) FROM standing s
                WHERE s.learner_id = $1 AND s.year = progress_rollup.year)
        WHERE unit_id <> $2 AND year >= $3 AND EXISTS (SELECT 1 FROM standing s WHERE s.learner_id = $1
            AND s.year = progress_rollup.year AND s.unit_id = progress_rollup.unit_id)";
    CLEAR_UNIT = "DELETE FROM progress_rollup WHERE unit_id = $1";
    COUNT_UNIT = "INSERT INTO progress_rollup (year, unit_id, region_code, required, paid, learning, finished, exempt)
        SELECT s.year, s.unit_id, MAX(s.region_code), COUNT(*) FILTER (WHERE s.waived_at IS NULL),
            COUNT(s.paid_at) FILTER (WHERE s.waived_at IS NULL), COUNT(s.learning_at) FILTER (WHERE s.waived_at IS NULL),
            COUNT(s.annual_met_at) FILTER (WHERE s.waived_at IS NULL), COUNT(s.waived_at)
        FROM standing s WHERE s.unit_id = $1 GROUP BY s.year, s.unit_id";
    BY_REGION = concat!("SELECT r.code, r.name_zh, r.name_en, CAST(COUNT(p.unit_id) AS BIGINT),
            CAST(COALESCE(SUM(p.required), 0) AS BIGINT), CAST(COALESCE(SUM(p.paid), 0) AS BIGINT),
            CAST(COALESCE(SUM(p.learning), 0) AS BIGINT), CAST(COALESCE(SUM(p.finished), 0) AS BIGINT),
            CAST(COALESCE(SUM(p.exempt), 0) AS BIGINT)
        FROM region r LEFT JOIN progress_rollup p ON p.region_code = r.code AND p.year = CAST($1 AS BIGINT)
            AND EXISTS (SELECT 1 FROM employer_unit u WHERE u.unit_id = p.unit_id AND ", bound_unit!("$4"), ")
        WHERE r.code >= $2 AND r.code < $3
        GROUP BY r.code, r.name_zh, r.name_en ORDER BY r.code LIMIT 200");
    BY_UNIT = concat!("SELECT u.unit_id, u.name, u.kind, p.required, p.paid, p.learning, p.finished, p.exempt
        FROM progress_rollup p JOIN employer_unit u ON u.unit_id = p.unit_id
        WHERE p.year = $1 AND p.region_code = $2 AND p.region_code >= $3 AND p.region_code < $4 AND u.unit_id > $5
            AND ", bound_unit!("$7"), "
        ORDER BY u.unit_id LIMIT CAST($6 AS BIGINT)");
    DIFFERENT = "SELECT p.unit_id FROM progress_rollup p
        LEFT JOIN (SELECT s.unit_id, COUNT(*) FILTER (WHERE s.waived_at IS NULL) AS required,
                COUNT(s.paid_at) FILTER (WHERE s.waived_at IS NULL) AS paid,
                COUNT(s.learning_at) FILTER (WHERE s.waived_at IS NULL) AS learning,
                COUNT(s.annual_met_at) FILTER (WHERE s.waived_at IS NULL) AS finished, COUNT(s.waived_at) AS exempt
            FROM standing s WHERE s.year = $1 GROUP BY s.unit_id) c ON c.unit_id = p.unit_id
        WHERE p.year = $1 AND (p.required <> COALESCE(c.required, 0) OR p.paid <> COALESCE(c.paid, 0)
            OR p.learning <> COALESCE(c.learning, 0) OR p.finished <> COALESCE(c.finished, 0)
            OR p.exempt <> COALESCE(c.exempt, 0))
        ORDER BY p.unit_id LIMIT 500";
}

/// How many have come how far: each number includes the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub required: i64,
    pub paid: i64,
    pub learning: i64,
    pub finished: i64,
    /// Exempt from the whole year; in none of the counts above.
    pub exempt: i64,
}

impl Progress {
    /// Adds another's counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            required: self.required + other.required,
            paid: self.paid + other.paid,
            learning: self.learning + other.learning,
            finished: self.finished + other.finished,
            exempt: self.exempt + other.exempt,
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
        exempt: row.get(first + 4)?,
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

/// Moves the counts of a learner's years since `first` to the unit where the learner works now; before the years
/// themselves move.
pub async fn move_learner(tx: &Tx<'_>, learner: LearnerId, to: UnitId, first: Year) -> Result<()> {
    tx.execute(MOVE_IN, values![learner, to, first]).await?;
    tx.execute(MOVE_OUT, values![learner, to, first]).await.map(drop)
}

/// Counts the years of units anew, after their people's standings have changed otherwise than by a fact that is counted.
pub async fn count_units<const N: usize>(tx: &Tx<'_>, units: [UnitId; N]) -> Result<()> {
    for unit in units {
        tx.execute(CLEAR_UNIT, values![unit]).await?;
        tx.execute(COUNT_UNIT, values![unit]).await?;
    }
    Ok(())
}

/// Counts per region within the officer's scope.
pub async fn progress_by_region(tx: &Tx<'_>, scope: &Scope, year: Year) -> Result<Vec<RegionProgress>> {
    let bounds = scope.bounds();
    tx.query(BY_REGION, values![year, bounds.region_from, bounds.region_until, bounds.unit], |row| {
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
    let row = values![year, region_code, bounds.region_from, bounds.region_until, after, limit, bounds.unit];
    tx.query(BY_UNIT, row, |row| {
        Ok(UnitProgress { unit: row.get(0)?, name: row.get(1)?, kind: row.get(2)?, progress: progress(row, 3)? })
    })
    .await
}

/// Units whose counts differ from their people's standings, 500 at most; nightly and in tests.
pub async fn recount(tx: &Tx<'_>, year: Year) -> Result<Vec<UnitId>> {
    tx.query(DIFFERENT, values![year], |row| row.get(0)).await
}
