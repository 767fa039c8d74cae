//! The professional titles (职称) of a person: several, one of them the main one, which lists show and rules ask for. A
//! title that ended, or was written down wrongly, stays as history.

use super::store::{people as people_store, person_titles as store};
use super::titles;
use super::units::actor;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::reactions;
use jixue_core::fact::Fact;
use jixue_core::id::{LearnerId, TitleId};
use jixue_core::org::TitleLevel;
use jixue_core::refusal::{Kind, Refusal};
use jixue_core::scope::Scope;
use jixue_core::time::{BusinessDate, Timestamp};

const WORDS_MAX: usize = 100;
/// Titles that somebody has at once.
const TITLES_MAX: i64 = 10;

/// One of somebody's titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonTitle {
    pub id: TitleId,
    /// Code of the series.
    pub series: String,
    /// Code of the level.
    pub level: String,
    /// None where nobody has said it.
    pub obtained_on: Option<BusinessDate>,
    pub is_main: bool,
    pub ended_at: Option<Timestamp>,
    /// Why it ended, in words; empty while it counts.
    pub ended_reason: String,
}

/// A title to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTitle {
    pub series: String,
    pub level: String,
    pub obtained_on: Option<BusinessDate>,
    pub is_main: bool,
}

/// Why a title is not written down, or not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleRefusal {
    SeriesUnknown,
    /// The series has no title of this level.
    LevelUnknown,
    /// A day after today.
    DayUnfit,
    /// They have no such title, or it ended.
    Unknown,
    /// They have this title.
    HasIt,
    TooMany,
    /// The main one ends only after another was made the main one.
    MainNeeded,
    ReasonMissing,
}

impl Refusal for TitleRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SeriesUnknown => "title.series_unknown",
            Self::LevelUnknown => "title.level_unknown",
            Self::DayUnfit => "title.day_unfit",
            Self::Unknown => "title.unknown",
            Self::HasIt => "title.has_it",
            Self::TooMany => "title.too_many",
            Self::MainNeeded => "title.main_needed",
            Self::ReasonMissing => "title.reason_missing",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::SeriesUnknown | Self::LevelUnknown | Self::DayUnfit | Self::ReasonMissing => Kind::Invalid,
            Self::Unknown | Self::HasIt | Self::TooMany | Self::MainNeeded => Kind::Conflict,
        }
    }
}

/// The titles of somebody within reach: the main one first, then the others, then those that ended.
pub async fn titles_of(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<PersonTitle>> {
    store::titles(tx, scope, learner).await
}

fn checked(new: &NewTitle, today: BusinessDate) -> Result<(), TitleRefusal> {
    let series = titles::all().iter().find(|series| series.code == new.series).ok_or(TitleRefusal::SeriesUnknown)?;
    let level = TitleLevel::from_code(&new.level).ok_or(TitleRefusal::LevelUnknown)?;
    if !series.tracks.iter().any(|track| track.level(level).is_some()) {
        return Err(TitleRefusal::LevelUnknown);
    }
    if new.obtained_on.is_some_and(|day| day > today) {
        return Err(TitleRefusal::DayUnfit);
    }
    Ok(())
}

/// Nobody else changes the titles of this person until the transaction ends.
async fn hold(tx: &Tx<'_>, scope: &Scope, learner: LearnerId) -> Result<Vec<PersonTitle>> {
    people_store::learner(tx, scope, learner).await?.ok_or_else(Refused::not_found)?;
    store::hold(tx, learner).await?;
    store::titles(tx, scope, learner).await
}

async fn note(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (learner, title): (LearnerId, TitleId),
    change: &'static str,
) -> Result<()> {
    store::show_main(tx, learner).await?;
    let fact = Fact::TitlesChanged { learner, title, change: change.to_owned(), by: actor(scope), at: at.now };
    reactions::follow(tx, at, vec![fact]).await
}

/// Writes down another title of somebody within reach; the first one is the main one.
///
/// # Errors
/// Not found; `title.series_unknown`, `title.level_unknown`, `title.day_unfit`, `title.has_it`, `title.too_many`.
pub async fn add_title(tx: &Tx<'_>, at: &At, scope: &Scope, learner: LearnerId, new: &NewTitle) -> Result<TitleId> {
    let titles = hold(tx, scope, learner).await?;
    checked(new, at.now.business_date())?;
    let living = titles.iter().filter(|title| title.ended_at.is_none()).count();
    if i64::try_from(living).is_ok_and(|count| count >= TITLES_MAX) {
        return Err(TitleRefusal::TooMany.into());
    }
    let is_main = new.is_main || living == 0;
    if is_main {
        store::unmark_main(tx, learner).await?;
    }
    let title = at.ids.next::<TitleId>();
    if !store::insert(tx, (learner, title), &NewTitle { is_main, ..new.clone() }, actor(scope), at.now).await? {
        return Err(TitleRefusal::HasIt.into());
    }
    note(tx, at, scope, (learner, title), "added").await?;
    Ok(title)
}

fn living(titles: &[PersonTitle], title: TitleId) -> Result<PersonTitle> {
    let found = titles.iter().find(|one| one.id == title && one.ended_at.is_none());
    found.cloned().ok_or_else(|| TitleRefusal::Unknown.into())
}

/// Makes one of somebody's titles the main one.
///
/// # Errors
/// Not found; `title.unknown` for one that ended, or is somebody else's.
pub async fn choose_main_title(tx: &Tx<'_>, at: &At, scope: &Scope, learner: LearnerId, title: TitleId) -> Result<()> {
    let titles = hold(tx, scope, learner).await?;
    if living(&titles, title)?.is_main {
        return Ok(());
    }
    store::unmark_main(tx, learner).await?;
    store::mark_main(tx, learner, title).await?;
    note(tx, at, scope, (learner, title), "main").await
}

/// Ends a title: it was given up, or written down by mistake.
///
/// # Errors
/// Not found; `title.unknown`, `title.main_needed`, `title.reason_missing`.
pub async fn end_title(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (learner, title): (LearnerId, TitleId),
    why: &str,
) -> Result<()> {
    let titles = hold(tx, scope, learner).await?;
    let found = living(&titles, title)?;
    if found.is_main && titles.iter().filter(|one| one.ended_at.is_none()).count() > 1 {
        return Err(TitleRefusal::MainNeeded.into());
    }
    let why = words(why)?;
    store::end(tx, (learner, title), actor(scope), &why, at.now).await?;
    note(tx, at, scope, (learner, title), "ended").await
}

/// Puts right what was written down of a title; what stood there stays as history.
///
/// # Errors
/// As [`end_title`] and [`add_title`].
pub async fn correct_title(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    (learner, title): (LearnerId, TitleId),
    (new, why): (&NewTitle, &str),
) -> Result<TitleId> {
    let titles = hold(tx, scope, learner).await?;
    let found = living(&titles, title)?;
    checked(new, at.now.business_date())?;
    let why = words(why)?;
    store::end(tx, (learner, title), actor(scope), &why, at.now).await?;
    let corrected = at.ids.next::<TitleId>();
    let new = NewTitle { is_main: found.is_main, ..new.clone() };
    if !store::insert(tx, (learner, corrected), &new, actor(scope), at.now).await? {
        return Err(TitleRefusal::HasIt.into());
    }
    note(tx, at, scope, (learner, corrected), "corrected").await?;
    Ok(corrected)
}

fn words(text: &str) -> Result<String, TitleRefusal> {
    let kept: String = text.trim().chars().take(WORDS_MAX).collect();
    if kept.is_empty() { Err(TitleRefusal::ReasonMissing) } else { Ok(kept) }
}
