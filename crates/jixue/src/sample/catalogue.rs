//! The sample's question banks, papers and courses, put into the catalogue of a year.

use super::content::{self, COURSES};
use super::of_year;
use crate::app::App;
use crate::at::At;
use crate::catalog::{
    self, Bilingual, Captions, FrozenBank, LessonFile, NewChapter, NewCourse, NewLesson, NewPaper, NewQuestion,
    PaperPurpose,
};
use crate::db::Tx;
use crate::error::Result;
use anyhow::Context;
use futures_util::future::try_join_all;
use jixue_core::assessment::{Blueprint, OptionSet, PartialCredit, Section};
use jixue_core::id::{BaseId, CourseId, PaperId};
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::Year;
use std::collections::HashMap;

/// A quiz at a chapter's end may be taken until it is understood.
const QUIZ_ATTEMPTS_MAX: i64 = 100;

/// What papers and courses are published for.
pub(super) struct Publication<'a> {
    pub app: &'a App,
    pub year: Year,
    /// Bases by their short names.
    pub bases: &'a HashMap<String, BaseId>,
    /// How often the subject's test may be taken.
    pub exam_attempts_max: i64,
    /// What passes it, of a hundred.
    pub exam_pass_score: i64,
}

impl Publication<'_> {
    /// Publishes every course with its files, after the papers that its quizzes name.
    pub async fn publish(&self) -> anyhow::Result<()> {
        let papers = self.publish_papers().await?;
        for (position, slug) in (1..).zip(COURSES) {
            let course: content::Course = content::table(&format!("courses/{slug}/course.toml"))?;
            self.publish_course(course, position, &papers).await?;
        }
        Ok(())
    }

    /// A bank for each paper, with the questions that its sections may ask; then the paper. By short name.
    async fn publish_papers(&self) -> anyhow::Result<HashMap<String, PaperId>> {
        let mut questions = Vec::new();
        for slug in COURSES {
            let file: content::Questions = content::table(&format!("courses/{slug}/questions.toml"))?;
            questions.extend(file.question.into_iter().map(written));
        }
        let mut published = HashMap::new();
        for paper in content::table::<content::Papers>("paper.toml")?.paper {
            let is_asked =
                |question: &NewQuestion| paper.section.iter().any(|section| question.tags.contains(&section.tag));
            let asked: Vec<NewQuestion> = questions.iter().filter(|question| is_asked(question)).cloned().collect();
            let title = of_year(&paper.title, self.year);
            let bank = FrozenBank::new(title.clone(), asked)?;
            let new = self.paper(&paper, title);
            let at = self.app.at();
            let write = async move |tx: &Tx<'_>| {
                let bank = catalog::freeze_bank(tx, &at, &bank).await?;
                catalog::add_paper(tx, &at, &NewPaper { bank, ..new.clone() }).await
            };
            published.insert(paper.slug, self.app.db.write_bulk(write).await?);
        }
        Ok(published)
    }

    fn paper(&self, paper: &content::Paper, title: Bilingual) -> NewPaper {
        let is_test = paper.scope == "public_subject";
        let points: i64 = paper.section.iter().map(|part| i64::from(part.count) * i64::from(part.points_each)).sum();
        NewPaper {
            bank: jixue_core::id::BankId::from_raw(0),
            year: self.year,
            subject: Subject::Public,
            purpose: if is_test { PaperPurpose::Subject } else { PaperPurpose::Chapter },
            title,
            blueprint: Blueprint { sections: sections(&paper.section), partial_credit: PartialCredit::None },
            minutes: paper.minutes,
            // The rules say what passes of a hundred; a paper of fewer points passes at the same share.
            pass_score: if is_test { (self.exam_pass_score * points + 99) / 100 } else { paper.pass_points },
            attempts_max: if is_test { self.exam_attempts_max } else { QUIZ_ATTEMPTS_MAX },
        }
    }

    async fn publish_course(
        &self,
        course: content::Course,
        position: i64,
        papers: &HashMap<String, PaperId>,
    ) -> anyhow::Result<()> {
        let base = *self.bases.get(&course.training_base).with_context(|| course.training_base.clone())?;
        let lessons = (1..)
            .zip(&course.chapter)
            .flat_map(|(chapter, listed)| listed.lesson.iter().map(move |one| (chapter, one)));
        let stored = lessons.map(|(chapter, lesson)| self.lesson(&course.slug, chapter, lesson, papers));
        let lessons = try_join_all(stored).await?;
        let new = NewCourse {
            base,
            year: self.year,
            subject: course.subject,
            slug: course.slug.clone(),
            title: of_year(&course.title, self.year),
            summary: of_year(&course.summary, self.year),
            position,
        };
        let chapters: Vec<Bilingual> = course.chapter.into_iter().map(|chapter| chapter.title).collect();
        let at = self.app.at();
        let write = async move |tx: &Tx<'_>| write_course(tx, &at, &new, &chapters, &lessons).await;
        Ok(self.app.db.write_bulk(write).await?)
    }

    /// Stores the lesson's files and says what the lesson will be; course and position are filled in when it is written.
    async fn lesson(
        &self,
        course: &str,
        chapter: i64,
        lesson: &content::Lesson,
        papers: &HashMap<String, PaperId>,
    ) -> anyhow::Result<NewLesson> {
        let paper = match &lesson.paper {
            Some(slug) => Some(*papers.get(slug).with_context(|| format!("paper {slug}"))?),
            None => None,
        };
        let text = |name: &String| content::text(&format!("courses/{course}/{name}"));
        let body = match &lesson.text {
            Some(words) => Some(Bilingual::new(text(&words.zh)?, text(&words.en)?)),
            None => None,
        };
        Ok(NewLesson {
            course: CourseId::from_raw(0),
            chapter,
            position: 0,
            slug: lesson.slug.clone(),
            kind: lesson.kind,
            title: lesson.title.clone(),
            length_ms: lesson.length_ms,
            credit: StudySeconds(lesson.credit_seconds),
            file: self.file(course, lesson).await?,
            captions: self.captions(lesson).await?,
            body,
            paper,
        })
    }

    async fn file(&self, course: &str, lesson: &content::Lesson) -> anyhow::Result<Option<LessonFile>> {
        let (name, bytes, media_type) = match (&lesson.media, &lesson.picture) {
            (Some(film), _) => (film.clone(), content::media(film)?, "video/mp4"),
            (None, Some(path)) => {
                let name = path.rsplit('/').next().unwrap_or(path).to_owned();
                (name, content::text(&format!("courses/{course}/{path}"))?.into(), "image/svg+xml")
            }
            (None, None) => return Ok(None),
        };
        let sha256 = self.app.blobs.put(bytes).await?;
        Ok(Some(LessonFile { name, sha256, media_type: media_type.to_owned() }))
    }

    async fn captions(&self, lesson: &content::Lesson) -> anyhow::Result<Captions> {
        let Some(names) = &lesson.captions else {
            return Ok(Captions::default());
        };
        let zh = self.app.blobs.put(content::media(&names.zh)?).await?;
        let en = self.app.blobs.put(content::media(&names.en)?).await?;
        Ok(Captions { zh_sha256: Some(zh), en_sha256: Some(en), are_on: lesson.captions_on })
    }
}

async fn write_course(
    tx: &Tx<'_>,
    at: &At,
    new: &NewCourse,
    chapters: &[Bilingual],
    lessons: &[NewLesson],
) -> Result<()> {
    let course = catalog::add_course(tx, at, new).await?;
    for (number, title) in (1..).zip(chapters) {
        catalog::add_chapter(tx, &NewChapter { course, number, title: title.clone() }).await?;
    }
    for (position, lesson) in (1..).zip(lessons) {
        catalog::add_lesson(tx, at, &NewLesson { course, position, ..lesson.clone() }).await?;
    }
    Ok(())
}

fn written(question: content::Question) -> NewQuestion {
    NewQuestion {
        kind: question.kind,
        stem: question.stem,
        options: question.options,
        key: OptionSet::of(question.answers),
        explanation: question.explanation,
        difficulty: question.difficulty,
        tags: question.tags,
    }
}

/// Sections of one kind and worth become one: what they may ask is chosen by the bank.
fn sections(parts: &[content::PaperSection]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for part in parts {
        match sections.iter_mut().find(|known| known.kind == part.kind && known.points == part.points_each) {
            Some(known) => known.count += part.count,
            None => sections.push(Section {
                kind: part.kind,
                count: part.count,
                points: part.points_each,
                difficulty: None,
            }),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The points of a paper stand on its cover; merging sections must not change them.
    #[test]
    fn merged_sections_are_worth_the_same() {
        for paper in content::table::<content::Papers>("paper.toml").unwrap().paper {
            let blueprint = Blueprint { sections: sections(&paper.section), partial_credit: PartialCredit::None };
            assert_eq!(blueprint.points(), 100, "{}", paper.slug);
            let questions: usize = paper.section.iter().map(|part| usize::from(part.count)).sum();
            assert_eq!(blueprint.question_count(), questions);
            assert_eq!(blueprint.sections.len(), 3);
        }
    }
}
