//! Whose line it is, and whether the same hours were entered before.

use super::file::Checked;
use super::store;
use crate::db::Tx;
use crate::error::Result;
use crate::keys::{hex, sha256};
use crate::org;
use jixue_core::id::LearnerId;
use jixue_core::scope::Scope;
use jixue_core::time::Year;
use std::collections::HashSet;

/// Finds whose lines they are; a person out of the officer's reach is as unknown as one who is not there.
///
/// Refused: another name than the roster's, the same hours twice in the list or in a list that was confirmed.
pub(super) async fn resolve(tx: &Tx<'_>, scope: &Scope, year: Year, checked: &[Checked]) -> Result<Vec<store::Line>> {
    let mut seen = HashSet::new();
    let mut lines = Vec::with_capacity(checked.len());
    for line in checked {
        let mut refusals = line.refusals.clone();
        let found = match &line.identity_index {
            Some(index) => org::learner_by_identity(tx, scope, index).await?,
            None => None,
        };
        match &found {
            None if line.identity_index.is_some() => refusals.push("confirmed.person_unknown".to_owned()),
            Some((_, name)) if *name != line.name => refusals.push("confirmed.name_differs".to_owned()),
            _ => {}
        }
        if refusals.is_empty() && line.happened_on.0 / 10_000 != year.0 {
            refusals.push("confirmed.other_year".to_owned());
        }
        let learner = found.map(|(learner, _)| learner).filter(|_| refusals.is_empty());
        let fingerprint = learner.map(|learner| fingerprint_of(learner, year, line));
        if let Some(print) = &fingerprint {
            if store::is_confirmed(tx, print).await? {
                refusals.push("confirmed.entered_before".to_owned());
            } else if !seen.insert(print.clone()) {
                refusals.push("confirmed.repeated".to_owned());
            }
        }
        let learner = learner.filter(|_| refusals.is_empty());
        let fingerprint = fingerprint.filter(|_| learner.is_some());
        lines.push(store::Line { learner, fingerprint, refusals, checked: line.clone() });
    }
    Ok(lines)
}

/// What makes two lines the same hours: person, year, subject, length, title and day. Not the provider, whom two
/// officers write in two ways.
fn fingerprint_of(learner: LearnerId, year: Year, line: &Checked) -> String {
    let title: String = line.title.chars().filter(|mark| !mark.is_whitespace()).collect();
    let Checked { subject, seconds, happened_on, .. } = line;
    let text = format!("{}/{year}/{}/{}/{}/{title}", learner.raw(), subject.code(), seconds.0, happened_on.0);
    hex(&sha256(text.as_bytes()))
}
