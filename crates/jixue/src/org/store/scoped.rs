//! The scope as SQL: which units and which people lie within reach.

/// The condition that unit `u` is the one that a scope is bound to, or of the industry system that it is bound to: the
/// parameter is `ScopeBounds::unit`, and the numbers are those of `Industry::number`.
macro_rules! bound_unit {
    ($unit:literal) => {
        concat!(
            "(CAST(",
            $unit,
            " AS BIGINT) = 0 OR u.unit_id = CAST(",
            $unit,
            " AS BIGINT) OR u.industry = CASE CAST(",
            $unit,
            " AS BIGINT) WHEN -1 THEN 'education' WHEN -2 THEN 'health' WHEN -3 THEN 'agriculture'",
            " WHEN -4 THEN 'construction' WHEN -5 THEN 'manufacturing' WHEN -6 THEN 'culture' WHEN -7 THEN 'services'",
            " WHEN -8 THEN 'government' WHEN -9 THEN 'other' END)"
        )
    };
}

/// The condition that unit `u` lies within a scope; takes the names of five parameters in the order of [`bounds`].
///
/// A training base reaches no unit: who studies with it is not known here.
macro_rules! unit_within {
    ($from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "u.region_code >= ",
            $from,
            " AND u.region_code < ",
            $until,
            " AND ",
            $crate::org::bound_unit!($unit),
            " AND CAST(",
            $base,
            " AS BIGINT) = 0 AND (CAST(",
            $learner,
            " AS BIGINT) = 0 OR EXISTS (",
            "SELECT 1 FROM employment own WHERE own.learner_id = CAST(",
            $learner,
            " AS BIGINT)",
            " AND own.unit_id = u.unit_id AND own.ended_on IS NULL))"
        )
    };
}

/// The condition that learner `l`, employed by unit `u`, lies within a scope; parameters as for `unit_within`.
macro_rules! person_within {
    ($from:literal, $until:literal, $unit:literal, $base:literal, $learner:literal) => {
        concat!(
            "u.region_code >= ",
            $from,
            " AND u.region_code < ",
            $until,
            " AND ",
            $crate::org::bound_unit!($unit),
            " AND CAST(",
            $base,
            " AS BIGINT) = 0",
            " AND (CAST(",
            $learner,
            " AS BIGINT) = 0 OR l.learner_id = CAST(",
            $learner,
            " AS BIGINT))"
        )
    };
}

/// The condition that the year of standing `s` lies within a scope: it reaches the unit where the person works now,
/// whatever unit the year stands with; for somebody whom nobody employs, the county where the year stands. Takes the
/// names of three parameters: region from, region until, unit. The learner's own bound stands beside it.
macro_rules! year_within {
    ($from:literal, $until:literal, $unit:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM employment w JOIN employer_unit u ON u.unit_id = w.unit_id
                WHERE w.learner_id = s.learner_id AND w.ended_on IS NULL AND u.region_code >= ",
            $from,
            " AND u.region_code < ",
            $until,
            " AND ",
            $crate::org::bound_unit!($unit),
            ")
            OR (CAST(",
            $unit,
            " AS BIGINT) = 0 AND s.region_code >= ",
            $from,
            " AND s.region_code < ",
            $until,
            " AND NOT EXISTS (SELECT 1 FROM employment w WHERE w.learner_id = s.learner_id AND w.ended_on IS NULL)))"
        )
    };
}

pub(crate) use {bound_unit, person_within, unit_within, year_within};

use crate::db::Value;
use jixue_core::scope::Scope;

/// `first` and then the five bounds of the scope: region from, region until, unit, base, learner.
pub(crate) fn bounds(scope: &Scope, first: &[Value]) -> Vec<Value> {
    let bounds = scope.bounds();
    let mut values = first.to_vec();
    values.extend([
        bounds.region_from.into(),
        bounds.region_until.into(),
        bounds.unit.into(),
        bounds.base.into(),
        bounds.learner.into(),
    ]);
    values
}
