//! Making the city of the demo: the sample as it is written by the application's own verbs, and then some weeks of its
//! life, lived by people who sign in, pay and study over HTTP like everybody else.

use crate::life::{self, Lives};
use crate::marker::SignIn;
use crate::story::person::sign_in;
use crate::story::roster;
use crate::story::tables::Template;
use crate::world::World;
use anyhow::Context;
use jixue::clock::Clock;
use jixue::sample::{self, City, Contact, SampleSize};
use jixue_core::time::Timestamp;

/// How long ago the sample's history begins, at most.
const HISTORY_DAYS: i64 = 21;

/// How far the clock is set back while the city is made: some weeks, but not into another programme year.
pub fn history_ms(now: Timestamp) -> i64 {
    let opened = sample::rules_of(sample::year_on(now)).map_or(now, |rules| rules.opens_on.start());
    now.since_ms(opened.max(now.plus_days(-HISTORY_DAYS))).max(0)
}

/// A shorter past is not lived through: study of an hour takes one.
const HISTORY_MS_MIN: i64 = 3 * 86_400_000;
/// People on the roster that somebody may import by hand.
const ROSTER_PEOPLE: u32 = 12;
/// In the data folder.
pub const ROSTER_FILE: &str = "sample-roster.xlsx";

/// Makes the city and lives through `history_ms` of it; who can sign in.
///
/// # Errors
/// When anything of it does not hold.
pub async fn make(
    world: &World,
    clock: &Clock,
    history_ms: i64,
    learners: u32,
    report: impl Fn(&str, usize),
) -> anyhow::Result<Vec<SignIn>> {
    let size = SampleSize { learners, ..SampleSize::default() };
    let city = sample::build(&world.app, size, &report).await?;
    write_roster(world, &city).await?;
    let lives = match history_ms >= HISTORY_MS_MIN {
        true => life::live(world, clock, &city, history_ms).await?,
        false => Lives::default(),
    };
    report("paid", lives.paid);
    report("learning", lives.learning.len());
    report("finished", lives.tested.len() + lives.finished.len());
    Ok(sign_ins(&city, lives))
}

/// A roster to try the import with, filled into the template as the clerk of the unit without people gets it.
async fn write_roster(world: &World, city: &City) -> anyhow::Result<()> {
    let clerk = sign_in(world, &city.empty_unit.clerk.phone).await?;
    let template = Template::read(&clerk.get("/unit/roster-template").await?.bytes)?;
    let mut rows = roster::rows(&template, &sample::newcomers(ROSTER_PEOPLE, SampleSize::default().seed)?)?;
    let slips = rows.first().map(|row| roster::slips(row)).unwrap_or_default();
    rows.extend(slips);
    let path = world.app.config.data.join(ROSTER_FILE);
    std::fs::write(&path, template.filled(&rows)?).with_context(|| path.display().to_string())
}

fn sign_ins(city: &City, lives: Lives) -> Vec<SignIn> {
    let sign_in = |contact: &Contact, role: &str, place: &str| SignIn {
        phone: contact.phone.clone(),
        name: contact.name.clone(),
        role: role.to_owned(),
        place: place.to_owned(),
    };
    let mut all =
        vec![sign_in(&city.bureau_officer, "bureau_officer", ""), sign_in(&city.county_officer, "county_officer", "")];
    all.extend(city.units.iter().take(2).map(|unit| sign_in(&unit.clerk, "clerk", &unit.name)));
    all.push(sign_in(&city.empty_unit.clerk, "empty_clerk", &city.empty_unit.name));
    let due = city.units.iter().filter_map(|unit| unit.people.last()).take(2);
    all.extend(due.map(|person| sign_in(&person.contact, "due", "")));
    // Of those who study, who has come furthest stands last.
    all.extend(lives.learning.into_iter().rev().take(2));
    all.extend(lives.before_test.into_iter().take(1));
    all.extend(lives.tested.into_iter().take(1));
    all.extend(lives.finished.into_iter().take(1));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use jixue_core::time::BusinessDate;

    /// Study counts only within the year: a history that began in December could not be paid for in January.
    #[test]
    fn the_history_stays_within_the_year() {
        let day = 86_400_000;
        assert_eq!(history_ms(BusinessDate(20_261_123).start()), 21 * day);
        assert_eq!(history_ms(BusinessDate(20_270_103).start()), 2 * day);
        assert_eq!(history_ms(BusinessDate(20_270_101).start()), 0);
        assert_eq!(history_ms(BusinessDate(20_260_101).start()), 0);
    }
}
