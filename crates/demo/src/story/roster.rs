//! The roster that a clerk sends: good rows, and the slips that every real list has.

use super::tables::Template;
use anyhow::Context;
use jixue::org::titles;
use jixue_core::org::{RosterPerson, TitleLevel};

/// Rows of people, in the template's order of columns.
///
/// # Errors
/// When the template does not offer a title that somebody has.
pub fn rows(template: &Template, people: &[RosterPerson]) -> anyhow::Result<Vec<Vec<String>>> {
    people.iter().map(|person| row(template, person)).collect()
}

fn row(template: &Template, person: &RosterPerson) -> anyhow::Result<Vec<String>> {
    let offered = |list: usize, place: Option<usize>| {
        let found = template.lists.get(list).zip(place).and_then(|(list, place)| list.get(place));
        found.cloned().context("the template does not offer this title")
    };
    let (series, level) = match &person.title {
        Some(title) => (
            offered(0, titles::all().iter().position(|series| series.code == title.series))?,
            offered(1, TitleLevel::ALL.iter().position(|level| *level == title.level))?,
        ),
        None => (String::new(), String::new()),
    };
    Ok(vec![
        person.name.as_str().to_owned(),
        person.identity_number.revealed().to_owned(),
        person.phone.revealed().to_owned(),
        person.department.clone().unwrap_or_default(),
        series,
        level,
    ])
}

/// Rows that must not come in, made from a good one: a slip in the identity number, a phone with a digit too few, a
/// number that the spreadsheet cut, and the good row once more.
pub fn slips(good: &[String]) -> Vec<Vec<String>> {
    let with = |column: usize, text: String| {
        let mut row = good.to_vec();
        row[column] = text;
        row
    };
    let number = &good[1];
    let last = number.chars().last().unwrap_or_default();
    let wrong_check = format!("{}{}", &number[..number.len() - 1], if last == '1' { '2' } else { '1' });
    let cut = format!("{}000", &number[..number.len() - 3]);
    vec![with(1, wrong_check), with(2, good[2][1..].to_owned()), with(1, cut), good.to_vec()]
}
