//! Tells what a OneRoster package came to.

use crate::i18n::{Locale, Texts};
use crate::org::lists::Outcome;
use crate::org::oneroster::{PackageReport, UnitRoster};
use crate::org::roster::ImportRow;
use serde_json::{Value, json};

/// Prints the counts, and each row that was refused or left out, by its line in the package.
pub(super) fn tell(report: &PackageReport, as_json: bool) {
    let t = Texts::of(Locale::ZhCn);
    let count = |is: fn(&Outcome) -> bool| report.units.iter().filter(|answer| is(&answer.outcome)).count();
    let units_new = count(|outcome| matches!(outcome, Outcome::New));
    let units_known = count(|outcome| matches!(outcome, Outcome::Known));
    let (mut added, mut known, mut people) = (0, 0, 0);
    let mut rows = refused_units(report, &t);
    for roster in &report.rosters {
        people += roster.people;
        match &roster.report {
            Some(Ok(done)) => {
                (added, known) = (added + done.added, known + done.known);
                rows.extend(done.refused_rows.iter().map(|row| refused_person(roster, row, &t)));
            }
            Some(Err(refused)) => rows.push(json!({
                "file": "users.csv", "line": 0, "name": roster.unit_name, "code": refused.code,
                "sentence": t.code(refused.code, &refused.arguments),
            })),
            None => {}
        }
    }
    rows.extend(report.skipped.iter().map(|skipped| {
        json!({"file": skipped.file, "line": skipped.line, "name": skipped.name, "code": skipped.code,
            "sentence": t.code(skipped.code, &[])})
    }));
    if as_json {
        println!(
            "{}",
            json!({"units": {"new": units_new, "known": units_known}, "people": {"all": people, "new": added, "known": known},
                "rows": rows})
        );
        return;
    }
    println!("{units_new} units new, {units_known} known; {people} people: {added} new, {known} known");
    for row in rows {
        println!("{} {}: {} {}", text(&row, "file"), row["line"], text(&row, "name"), text(&row, "sentence"));
    }
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

fn refused_units(report: &PackageReport, t: &Texts) -> Vec<Value> {
    let refused = report.units.iter().filter_map(|answer| match &answer.outcome {
        Outcome::Refused(refused) => Some(json!({
            "file": "orgs.csv", "line": answer.number, "name": "", "code": refused.code,
            "sentence": t.code(refused.code, &refused.arguments),
        })),
        Outcome::New | Outcome::Known => None,
    });
    refused.collect()
}

fn refused_person(roster: &UnitRoster, row: &ImportRow, t: &Texts) -> Value {
    let sentences: Vec<String> = row.refusals.iter().map(|refusal| refusal.sentence(t)).collect();
    let code = row.refusals.first().map(|refusal| refusal.code.as_str()).unwrap_or_default();
    json!({"file": "users.csv", "line": roster.line(row.number), "name": row.raw.name, "code": code,
        "sentence": sentences.join(" ")})
}
