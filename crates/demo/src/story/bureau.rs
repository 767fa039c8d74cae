//! The officer of the city's bureau: opens the year, sets the fee, confirms hours, looks at the counts.

use super::browser::Browser;
use super::forms;
use super::tables::Template;
use anyhow::{Context, ensure};
use jixue_core::credit::RuleSet;
use jixue_core::id::ImportId;

/// Opens the year under the rules that the page proposes, said of the sample's year.
///
/// # Errors
/// When the page does not offer it, or does not show the year afterwards.
pub async fn open_year(officer: &Browser, rules: &RuleSet) -> anyhow::Result<()> {
    let page = officer.get("/bureau/years").await?;
    let mut form = page.form_to("/bureau/years")?;
    let proposed = [("total_hours", "90"), ("public_hours", "30"), ("professional_hours", "60")];
    for (field, hours) in proposed {
        ensure!(form.value(field) == Some(hours), "{field} is proposed as {:?}", form.value(field));
    }
    form.fill("year", rules.year)?;
    form.fill("opens_on", rules.opens_on)?;
    form.fill("closes_on", rules.closes_on)?;
    let page = officer.submit(&form).await?;
    page.form_to(&fees(rules)).map(drop)
}

fn fees(rules: &RuleSet) -> String {
    format!("/bureau/years/{}/fees", rules.year)
}

/// Sets what the public subject costs at the base that is called so.
///
/// # Errors
/// When the page does not show the amount afterwards.
pub async fn set_fee(officer: &Browser, rules: &RuleSet, base: &str, yuan: &str) -> anyhow::Result<()> {
    let mut form = officer.get("/bureau/years").await?.form_to(&fees(rules))?;
    form.choose("base", base)?;
    form.fill("yuan", yuan)?;
    let page = officer.submit(&form).await?;
    let shown = page.form_to(&fees(rules))?.value("yuan").unwrap_or_default().to_owned();
    ensure!(shown == yuan, "the fee is shown as {shown:?}");
    page.says(yuan)
}

/// A line of a list of hours: name, identity number, subject, hours, what, where, when.
pub type HoursLine = [String; 7];

/// Sends a list of hours and confirms its good lines; the import.
///
/// # Errors
/// When a line is refused, or the list is not confirmed.
pub async fn confirm_hours(officer: &Browser, lines: &[HoursLine]) -> anyhow::Result<ImportId> {
    let template = Template::read(&officer.get("/bureau/confirmed-hours-template").await?.bytes)?;
    let rows: Vec<Vec<String>> = lines.iter().map(|line| line.to_vec()).collect();
    let form = officer.get("/bureau/confirmed-hours").await?.form_to("/bureau/confirmed-hours")?;
    let page = officer.upload(&form, "file", "professional-hours.xlsx", &template.filled(&rows)?).await?;
    let confirmation = page.form_below("/bureau/confirmed-hours/")?;
    let import = import_in(&confirmation.action)?;
    let confirmed = officer.submit(&confirmation).await?;
    ensure!(confirmed.form_below("/bureau/confirmed-hours/").is_err(), "the list can still be confirmed");
    Ok(import)
}

fn import_in(action: &str) -> anyhow::Result<ImportId> {
    let id = action.split('/').nth(3).unwrap_or_default();
    id.parse().map_err(|_| anyhow::anyhow!("{action} names no import"))
}

/// How many of a region's people are required, have paid, are learning, have finished.
pub type Counts = [i64; 4];

/// The counts of the region that is called so, from the page of progress.
///
/// # Errors
/// When the page does not show them.
pub async fn counts(officer: &Browser, region: &str) -> anyhow::Result<Counts> {
    let page = officer.get("/bureau/progress").await?;
    let rows = page.html().split("<tr").filter(|row| forms::words(&format!("<tr{row}")).starts_with(region));
    let figures = |row: &str| -> Option<Counts> {
        let cells =
            row.split("<td class=\"num\"").skip(1).filter_map(|cell| cell.split_once('>')?.1.split("</td").next());
        let figures: Vec<i64> = cells.filter_map(|cell| cell.trim().parse().ok()).collect();
        figures.get(..4)?.try_into().ok()
    };
    rows.into_iter().find_map(figures).with_context(|| format!("the page does not count {region}: {}", page.words()))
}
