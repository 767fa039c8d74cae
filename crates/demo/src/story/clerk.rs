//! The clerk of a unit: sends the roster, sees what is wrong with it, brings the good rows in, pays for people.

use super::browser::{Browser, Page};
use super::cashier::OpenOrder;
use super::roster;
use super::tables::{self, Template};
use crate::world::World;
use anyhow::{Context, ensure};
use jixue_core::org::RosterPerson;

/// A roster as it was sent, and where its preview stands.
pub struct Sent {
    pub bytes: Vec<u8>,
    /// `/unit/roster-imports/{import}`.
    pub import: String,
    people: usize,
    slips: usize,
}

const FILE_NAME: &str = "roster.xlsx";
const IMPORTS: &str = "/unit/roster-imports";

/// Fills the template in with people and slips, and sends it; the preview must count both.
///
/// # Errors
/// When the preview counts otherwise.
pub async fn send_roster(clerk: &Browser, people: &[RosterPerson]) -> anyhow::Result<Sent> {
    let template = Template::read(&clerk.get("/unit/roster-template").await?.bytes)?;
    let mut rows = roster::rows(&template, people)?;
    let slips = roster::slips(rows.first().context("a roster needs people")?);
    rows.extend(slips.iter().cloned());
    let bytes = template.filled(&rows)?;
    let page = upload(clerk, &bytes).await?;
    let sent = Sent { bytes, import: page.path.clone(), people: people.len(), slips: slips.len() };
    ensure!(counts(&page)? == [sent.people, 0, sent.slips], "the preview counts {:?}", counts(&page)?);
    for person in people.iter().take(2) {
        page.says(person.name.as_str())?;
    }
    Ok(sent)
}

async fn upload(clerk: &Browser, bytes: &[u8]) -> anyhow::Result<Page> {
    let form = clerk.get(IMPORTS).await?.form_to(IMPORTS)?;
    clerk.upload(&form, "file", FILE_NAME, bytes).await
}

/// New or imported, known, refused: the three figures at the head of an import.
fn counts(page: &Page) -> anyhow::Result<[usize; 3]> {
    let figures = page.html().split("class=\"stat").filter(|part| part.contains("<b"));
    let figure = |part: &str| {
        let inside = part.split("<b").nth(1).and_then(|rest| rest.split_once('>'))?.1;
        inside.split("</b>").next()?.trim().parse::<usize>().ok()
    };
    let figures: Vec<usize> = figures.filter_map(figure).collect();
    figures.get(..3).and_then(|three| three.try_into().ok()).with_context(|| format!("{} counts nothing", page.path))
}

/// Downloads the refused rows: as they were sent, each with what is wrong with it.
///
/// # Errors
/// When the file does not hold them.
pub async fn check_error_rows(clerk: &Browser, sent: &Sent) -> anyhow::Result<()> {
    let link = clerk.get(&sent.import).await?.link_below(&format!("{}/error-rows", sent.import))?;
    let sheets = tables::read(&clerk.get(&link).await?.bytes)?;
    let rows = sheets.first().map(|sheet| sheet.rows.as_slice()).unwrap_or_default();
    // The last two columns say which row it was and why.
    let is_refused = |cells: &[String]| match cells {
        [_, .., row, reasons] => row.parse::<u32>().is_ok() && !reasons.trim().is_empty(),
        _ => false,
    };
    let refused = rows.iter().filter(|row| is_refused(&row.cells)).count();
    ensure!(refused == sent.slips, "{refused} refused rows are in the file");
    Ok(())
}

/// Brings the good rows in; asked twice, each person comes in once.
///
/// # Errors
/// When the import counts otherwise, or the unit's page does not show the people.
pub async fn apply_roster(clerk: &Browser, sent: &Sent, people: &[RosterPerson]) -> anyhow::Result<()> {
    let form = clerk.get(&sent.import).await?.form_below(&sent.import)?;
    let page = clerk.submit(&form).await?;
    ensure!(counts(&page)? == [sent.people, 0, sent.slips], "the import counts {:?}", counts(&page)?);
    clerk.submit(&form).await?;
    let page = clerk.get("/unit/people").await?;
    people.iter().try_for_each(|person| page.says(person.name.as_str()))
}

/// Sends the very same file again: it leads to the import that is done, and nobody is added.
///
/// # Errors
/// When anything changed.
pub async fn send_again(clerk: &Browser, sent: &Sent) -> anyhow::Result<()> {
    let before = clerk.get("/unit/people").await?.words();
    let page = upload(clerk, &sent.bytes).await?;
    ensure!(page.path == sent.import, "the same file led to {}", page.path);
    ensure!(counts(&page)? == [sent.people, 0, sent.slips], "the import counts {:?}", counts(&page)?);
    ensure!(clerk.get("/unit/people").await?.words() == before, "the unit's people changed");
    Ok(())
}

/// Chooses people on the unit's page and confirms one order for all of them.
///
/// # Errors
/// When one cannot be chosen, or the confirmation comes to another sum.
pub async fn order_for(clerk: &Browser, world: &World, people: &[&str], sum_yuan: &str) -> anyhow::Result<OpenOrder> {
    let mut form = clerk.get("/unit/people?size=500").await?.form_to("/unit/orders")?;
    for name in people {
        form.tick_called("learner", name)?;
    }
    let confirmation = clerk.submit(&form).await?;
    confirmation.says(sum_yuan)?;
    let form = confirmation.form_to("/unit/orders")?;
    let chosen = form.fields.iter().filter(|(name, _)| name == "learner").count();
    ensure!(chosen == people.len(), "{chosen} people stand in the confirmation");
    OpenOrder::on(&clerk.submit(&form).await?, world)
}
