//! Making the city of the demo: the sample as it is written by the application's own verbs, and then some weeks of its
//! life, lived by people who sign in, pay and study over HTTP like everybody else.

use crate::marker::SignIn;
use crate::world::World;
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

/// Makes the city; who can sign in.
///
/// # Errors
/// When anything of it does not hold.
pub async fn make(
    world: &World,
    _clock: &Clock,
    learners: u32,
    report: impl Fn(&str, usize),
) -> anyhow::Result<Vec<SignIn>> {
    let size = SampleSize {
        learners,
        ..SampleSize::default()
    };
    let city = sample::build(&world.app, size, &report).await?;
    Ok(sign_ins(&city))
}

fn sign_ins(city: &City) -> Vec<SignIn> {
    let sign_in = |contact: &Contact, role: &str, place: &str| SignIn {
        phone: contact.phone.clone(),
        name: contact.name.clone(),
        role: role.to_owned(),
        place: place.to_owned(),
    };
    let mut all = vec![
        sign_in(&city.bureau_officer, "bureau_officer", ""),
        sign_in(&city.county_officer, "county_officer", ""),
    ];
    all.extend(
        city.units
            .iter()
            .take(2)
            .map(|unit| sign_in(&unit.clerk, "clerk", &unit.name)),
    );
    all.push(sign_in(
        &city.empty_unit.clerk,
        "empty_clerk",
        &city.empty_unit.name,
    ));
    let due = city.units.iter().filter_map(|unit| unit.people.last()).take(2);
    all.extend(due.map(|person| sign_in(&person.contact, "due", "")));
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
