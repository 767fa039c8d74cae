//! The sample city: regions, units and people that nobody is, courses of our own, everything through the verbs that an
//! installation uses. The same seed makes the same city.

mod catalogue;
mod chance;
mod city;
mod content;
mod numbers;
mod people;
mod programme;
mod units;
mod writing;

pub use city::{City, CityUnit, Contact, Person};
pub use people::newcomers;
pub use programme::{rules_of, year_on};

use crate::app::App;
use crate::catalog::Bilingual;
use jixue_core::time::Year;

/// How large a city, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSize {
    pub learners: u32,
    pub seed: u64,
    /// Whether the bureau has opened the year and set its fee already.
    pub opens_year: bool,
}

impl Default for SampleSize {
    fn default() -> Self {
        Self { learners: 2_000, seed: 2026, opens_year: true }
    }
}

/// Builds the city in an empty database; `report` hears of each part that is done, by its code and how many there are.
///
/// # Errors
/// When the database cannot be written, or is not empty.
pub async fn build(app: &App, size: SampleSize, report: impl Fn(&str, usize)) -> anyhow::Result<City> {
    let year = year_on(app.clock.now());
    let plan = city::Plan::draw(size)?;
    let bases = writing::places(app).await?;
    report("bases", bases.len());
    let written = writing::units(app, &plan.units).await?;
    report("units", written.len());
    report("learners", plan.units.iter().map(|unit| unit.people.len()).sum());
    let rules = rules_of(year)?;
    let publication = catalogue::Publication {
        app,
        year,
        bases: &bases,
        exam_attempts_max: rules.exam_attempts_max.unwrap_or(3),
        exam_pass_score: rules.exam_pass_score,
    };
    publication.publish().await?;
    report("courses", content::COURSES.len());
    if size.opens_year {
        programme::open(app, &rules, &bases).await?;
        report("years", 1);
    }
    let city = plan.city(year, &written);
    writing::hats(app, &city).await?;
    report("hats", city.hats().count());
    settle(app).await?;
    Ok(city)
}

/// Works what the city's making left to be done, as a worker beside it would.
async fn settle(app: &App) -> anyhow::Result<()> {
    while crate::outbox::work_once(app).await? + crate::outbox::sequence_once(app).await? > 0 {}
    Ok(())
}

/// The year that the content was written for.
const CONTENT_YEAR: &str = "2026";

/// Words of the content, said of `year`.
fn of_year(words: &Bilingual, year: Year) -> Bilingual {
    let renamed = |text: &str| text.replace(CONTENT_YEAR, &year.to_string());
    Bilingual::new(renamed(&words.zh), renamed(&words.en))
}
