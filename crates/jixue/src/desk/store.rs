//! SQL of the desk: people of a unit beside their standing in a year.

use super::Stage;
use super::filter::{Patterns, StageChoice};
use crate::db::{Row, Tx, Value, values};
use crate::error::{Error, Result};
use crate::org::{bounds, person_within};
use jixue_core::credit::{Earned, Hours, Relief};
use jixue_core::id::{LearnerId, UnitId};
use jixue_core::scope::Scope;
use jixue_core::study::StudySeconds;
use jixue_core::time::{BusinessDate, Year};

/// Where somebody is: the furthest of the marks that their standing carries.
macro_rules! stage {
    () => {
        "CASE WHEN s.annual_met_at IS NOT NULL THEN 'finished' WHEN s.waived_at IS NOT NULL THEN 'exempt'
            WHEN s.learning_at IS NOT NULL THEN 'learning'
            WHEN s.paid_at IS NOT NULL THEN 'paid' ELSE 'required' END"
    };
}

/// The people of unit $1 with their standing in year $2, within the scope of $3 to $7. The joins are written in the order
/// in which SQLite is to walk them: so a page reads its own rows in the order of the index, and not the whole unit.
macro_rules! unit_people {
    () => {
        concat!(
            "FROM employer_unit u CROSS JOIN employment e CROSS JOIN learner l
            LEFT JOIN standing s ON s.learner_id = e.learner_id AND s.year = $2
            WHERE u.unit_id = $1 AND e.unit_id = u.unit_id AND l.learner_id = e.learner_id AND e.ended_on IS NULL AND ",
            person_within!("$3", "$4", "$5", "$6", "$7")
        )
    };
}

crate::db::statements! {
    PEOPLE = concat!(
        "SELECT p.learner_id, p.name, p.phone_masked, p.identity_masked, p.department, p.title_series, p.title_level,
            p.stage, p.public_seconds, p.professional_seconds, p.exam_passed, p.waived, p.relief_public,
            p.relief_professional, p.started_on
        FROM (SELECT e.learner_id, l.name, l.phone_masked, l.identity_masked, e.department, l.title_series, l.title_level,
                ", stage!(), " AS stage, COALESCE(s.public_seconds, 0) AS public_seconds,
                COALESCE(s.professional_seconds, 0) AS professional_seconds,
                CASE WHEN s.exam_passed_at IS NULL THEN 0 ELSE 1 END AS exam_passed,
                CASE WHEN s.waived_at IS NULL THEN 0 ELSE 1 END AS waived, COALESCE(s.relief_public, 0) AS relief_public,
                COALESCE(s.relief_professional, 0) AS relief_professional, e.started_on ",
        unit_people!(),
        " AND e.learner_id > $8
            AND (CAST($10 AS TEXT) = '' OR LOWER(l.name) LIKE $10 ESCAPE '!'
                OR (CAST($11 AS TEXT) <> '' AND l.phone_masked LIKE $11)
                OR l.learner_id IN (SELECT x.learner_id FROM learner_phone x WHERE x.phone_index = $12)
                OR l.learner_id IN (SELECT y.learner_id FROM identity_index y WHERE y.identity_index = $13))
            AND (CAST($14 AS TEXT) = '' OR e.department = $14)) p
        WHERE CAST($15 AS TEXT) = '' OR p.stage = $15 OR (CAST($15 AS TEXT) = 'unfinished' AND p.stage NOT IN ('finished', 'exempt'))
        ORDER BY p.learner_id LIMIT $9"
    );
    STAGES = concat!("SELECT ", stage!(), " AS stage, COUNT(*) ", unit_people!(), " GROUP BY 1");
    DEPARTMENTS = concat!(
        "SELECT DISTINCT e.department FROM employment e JOIN employer_unit u ON u.unit_id = e.unit_id
        JOIN learner l ON l.learner_id = e.learner_id
        WHERE e.unit_id = $1 AND e.ended_on IS NULL AND e.department <> '' AND ",
        person_within!("$2", "$3", "$4", "$5", "$6"),
        " ORDER BY e.department LIMIT 300"
    );
}

/// Somebody of a unit with the year's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStanding {
    pub learner: LearnerId,
    pub name: String,
    pub phone_masked: String,
    pub identity_masked: String,
    pub department: String,
    pub title_series: String,
    pub title_level: String,
    pub stage: Stage,
    pub earned: Earned,
    pub exam_passed: bool,
    /// What exemptions take off.
    pub relief: Relief,
    /// Since when the unit employs them.
    pub since: BusinessDate,
}

fn stage_of(row: &Row<'_>, index: usize) -> Result<Stage> {
    let code: String = row.get(index)?;
    Stage::from_code(&code).ok_or_else(|| Error::internal(format!("a stage {code:?}")))
}

/// Whose people, in which year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub scope: &'a Scope,
    pub unit: UnitId,
    pub year: Year,
}

impl Asked<'_> {
    fn values(&self) -> Vec<Value> {
        bounds(self.scope, values![self.unit, self.year])
    }
}

/// People by id after `after`, at most `limit`.
pub(super) async fn people(
    tx: &Tx<'_>,
    asked: Asked<'_>,
    patterns: &Patterns,
    department: &str,
    stage: StageChoice,
    page: (LearnerId, i64),
) -> Result<Vec<PersonStanding>> {
    let (after, limit) = page;
    let mut values = asked.values();
    values.extend_from_slice(values![
        after,
        limit,
        &patterns.name,
        &patterns.phone_tail,
        &patterns.phone_index,
        &patterns.identity_index,
        department,
        stage.code()
    ]);
    tx.query(PEOPLE, &values, |row| {
        Ok(PersonStanding {
            learner: row.get(0)?,
            name: row.get(1)?,
            phone_masked: row.get(2)?,
            identity_masked: row.get(3)?,
            department: row.get(4)?,
            title_series: row.get(5)?,
            title_level: row.get(6)?,
            stage: stage_of(row, 7)?,
            earned: Earned { public: StudySeconds(row.get(8)?), professional: StudySeconds(row.get(9)?) },
            exam_passed: row.get(10)?,
            relief: Relief { whole: row.get(11)?, public: Hours(row.get(12)?), professional: Hours(row.get(13)?) },
            since: row.get(14)?,
        })
    })
    .await
}

/// How many of a unit's people are at each stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageCounts {
    pub required: i64,
    pub paid: i64,
    pub learning: i64,
    pub finished: i64,
    pub exempt: i64,
}

impl StageCounts {
    /// Everybody of whom the year asks something.
    pub fn asked(&self) -> i64 {
        self.people() - self.exempt
    }

    /// Everybody.
    pub fn people(&self) -> i64 {
        self.required + self.paid + self.learning + self.finished + self.exempt
    }
}

pub(super) async fn stages(tx: &Tx<'_>, asked: Asked<'_>) -> Result<StageCounts> {
    let rows = tx.query(STAGES, &asked.values(), |row| Ok((stage_of(row, 0)?, row.get::<i64>(1)?))).await?;
    let mut counts = StageCounts::default();
    for (stage, count) in rows {
        match stage {
            Stage::Required => counts.required = count,
            Stage::Paid => counts.paid = count,
            Stage::Learning => counts.learning = count,
            Stage::Finished => counts.finished = count,
            Stage::Exempt => counts.exempt = count,
        }
    }
    Ok(counts)
}

pub(super) async fn departments(tx: &Tx<'_>, scope: &Scope, unit: UnitId) -> Result<Vec<String>> {
    tx.query(DEPARTMENTS, &bounds(scope, values![unit]), |row| row.get(0)).await
}
