//! Courses and their chapters.

use super::store::courses as store;
use super::{Bilingual, CatalogRefusal};
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::{BaseId, CourseId};
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// A course (课程) of one year and subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    pub id: CourseId,
    pub base: BaseId,
    pub year: Year,
    pub subject: Subject,
    pub slug: String,
    pub title: Bilingual,
    pub summary: Bilingual,
    pub position: i64,
}

/// A course to be published.
#[derive(Debug, Clone)]
pub struct NewCourse {
    pub base: BaseId,
    pub year: Year,
    pub subject: Subject,
    /// Unique within the year; stands in no address.
    pub slug: String,
    pub title: Bilingual,
    pub summary: Bilingual,
    /// Where it stands among the year's courses.
    pub position: i64,
}

/// A chapter (章).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    pub course: CourseId,
    /// From 1.
    pub number: i64,
    pub title: Bilingual,
}

/// A chapter to be put into a course.
#[derive(Debug, Clone)]
pub struct NewChapter {
    pub course: CourseId,
    pub number: i64,
    pub title: Bilingual,
}

/// Publishes a course; its chapters and lessons follow.
pub async fn add_course(tx: &Tx<'_>, at: &At, new: &NewCourse) -> Result<CourseId> {
    let id = at.ids.next::<CourseId>();
    match store::insert_course(tx, id, new, at.now).await? {
        true => Ok(id),
        false => Err(CatalogRefusal::SlugTaken.into()),
    }
}

/// Puts a chapter into a course.
pub async fn add_chapter(tx: &Tx<'_>, new: &NewChapter) -> Result<()> {
    match store::insert_chapter(tx, new).await? {
        true => Ok(()),
        false => Err(CatalogRefusal::PlaceMissing.into()),
    }
}

pub async fn course(tx: &Tx<'_>, id: CourseId) -> Result<Option<Course>> {
    store::course(tx, id).await
}

/// The courses of a year and subject in their order; 200 at most.
pub async fn courses_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Course>> {
    store::courses_of(tx, year, subject).await
}

/// The chapters of a course in their order.
pub async fn chapters_of(tx: &Tx<'_>, course: CourseId) -> Result<Vec<Chapter>> {
    store::chapters_of(tx, course).await
}

/// The base that teaches a subject of a year: that of its first course.
pub async fn base_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Option<BaseId>> {
    store::base_of(tx, year, subject).await
}
