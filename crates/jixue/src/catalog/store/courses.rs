//! Courses, chapters, lessons.

use super::subject;
use crate::catalog::{Bilingual, Captions, Chapter, Course, Lesson, LessonFile, NewChapter, NewCourse, NewLesson};
use crate::db::{Row, Tx, values};
use crate::error::{Error, Result};
use jixue_core::catalog::LessonKind;
use jixue_core::id::{BaseId, CourseId, LessonId};
use jixue_core::study::Subject;
use jixue_core::time::{Timestamp, Year};

crate::db::statements! {
    INSERT_COURSE = "INSERT INTO course (course_id, base_id, year, subject, slug, title_zh, title_en, summary_zh, summary_en,
            position, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (year, slug) DO NOTHING";
    INSERT_CHAPTER = "INSERT INTO chapter (course_id, chapter_no, title_zh, title_en)
        SELECT course_id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT) FROM course WHERE course_id = $1";
    INSERT_LESSON = "INSERT INTO lesson (lesson_id, course_id, chapter_no, position, slug, kind, title_zh, title_en, length_ms,
            credit_seconds, media_name, media_sha256, media_type, captions_zh_sha256, captions_en_sha256, captions_on, body_zh,
            body_en, paper_id)
        SELECT CAST($1 AS BIGINT), course_id, chapter_no, CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT),
            CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS BIGINT), CAST($10 AS BIGINT), CAST($11 AS TEXT), CAST($12 AS TEXT),
            CAST($13 AS TEXT), CAST($14 AS TEXT), CAST($15 AS TEXT), CAST($16 AS BIGINT), CAST($17 AS TEXT), CAST($18 AS TEXT),
            CAST($19 AS BIGINT)
        FROM chapter WHERE course_id = $2 AND chapter_no = $3";
    COURSE = "SELECT course_id, base_id, year, subject, slug, title_zh, title_en, summary_zh, summary_en, position
        FROM course WHERE course_id = $1";
    COURSES_OF = "SELECT course_id, base_id, year, subject, slug, title_zh, title_en, summary_zh, summary_en, position
        FROM course WHERE year = $1 AND subject = $2 ORDER BY position, course_id LIMIT 200";
    BASE_OF = "SELECT base_id FROM course WHERE year = $1 AND subject = $2 ORDER BY position, course_id LIMIT 1";
    CHAPTERS_OF = "SELECT course_id, chapter_no, title_zh, title_en FROM chapter
        WHERE course_id = $1 ORDER BY chapter_no LIMIT 200";
    LESSON = "SELECT lesson_id, course_id, chapter_no, position, slug, kind, title_zh, title_en, length_ms, credit_seconds,
            media_name, media_sha256, media_type, captions_zh_sha256, captions_en_sha256, captions_on, paper_id, body_zh, body_en
        FROM lesson WHERE lesson_id = $1";
    LESSONS_OF = "SELECT lesson_id, course_id, chapter_no, position, slug, kind, title_zh, title_en, length_ms, credit_seconds,
            media_name, media_sha256, media_type, captions_zh_sha256, captions_en_sha256, captions_on, paper_id
        FROM lesson WHERE course_id = $1 ORDER BY position LIMIT 500";
}

/// False when the year has a course of this name.
pub(in crate::catalog) async fn insert_course(
    tx: &Tx<'_>,
    id: CourseId,
    new: &NewCourse,
    now: Timestamp,
) -> Result<bool> {
    let (title, summary) = (&new.title, &new.summary);
    let row = values![
        id,
        new.base,
        new.year,
        new.subject.code(),
        &new.slug,
        &title.zh,
        &title.en,
        &summary.zh,
        &summary.en,
        new.position,
        now,
    ];
    Ok(tx.execute(INSERT_COURSE, row).await? == 1)
}

/// False when there is no such course.
pub(in crate::catalog) async fn insert_chapter(tx: &Tx<'_>, new: &NewChapter) -> Result<bool> {
    let row = values![new.course, new.number, &new.title.zh, &new.title.en];
    Ok(tx.execute(INSERT_CHAPTER, row).await? == 1)
}

/// False when there is no such chapter.
pub(in crate::catalog) async fn insert_lesson(tx: &Tx<'_>, id: LessonId, new: &NewLesson) -> Result<bool> {
    let row = values![
        id,
        new.course,
        new.chapter,
        new.position,
        &new.slug,
        new.kind.code(),
        &new.title.zh,
        &new.title.en,
        new.length_ms,
        new.credit,
        new.file.as_ref().map(|file| &file.name),
        new.file.as_ref().map(|file| &file.sha256),
        new.file.as_ref().map(|file| &file.media_type),
        new.captions.zh_sha256.as_ref(),
        new.captions.en_sha256.as_ref(),
        new.captions.are_on,
        new.body.as_ref().map(|body| &body.zh),
        new.body.as_ref().map(|body| &body.en),
        new.paper,
    ];
    Ok(tx.execute(INSERT_LESSON, row).await? == 1)
}

pub(in crate::catalog) async fn course(tx: &Tx<'_>, id: CourseId) -> Result<Option<Course>> {
    tx.query_optional(COURSE, values![id], read_course).await
}

pub(in crate::catalog) async fn courses_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Vec<Course>> {
    tx.query(COURSES_OF, values![year, subject.code()], read_course).await
}

pub(in crate::catalog) async fn base_of(tx: &Tx<'_>, year: Year, subject: Subject) -> Result<Option<BaseId>> {
    tx.query_value_optional(BASE_OF, values![year, subject.code()]).await
}

pub(in crate::catalog) async fn chapters_of(tx: &Tx<'_>, course: CourseId) -> Result<Vec<Chapter>> {
    tx.query(CHAPTERS_OF, values![course], |row| {
        Ok(Chapter { course: row.get(0)?, number: row.get(1)?, title: words(row, 2)? })
    })
    .await
}

pub(in crate::catalog) async fn lesson(tx: &Tx<'_>, id: LessonId) -> Result<Option<Lesson>> {
    tx.query_optional(LESSON, values![id], |row| {
        let mut lesson = read_lesson(row)?;
        let (zh, en): (Option<String>, Option<String>) = (row.get(17)?, row.get(18)?);
        lesson.body = zh.map(|zh| Bilingual::new(zh, en.unwrap_or_default()));
        Ok(lesson)
    })
    .await
}

pub(in crate::catalog) async fn lessons_of(tx: &Tx<'_>, course: CourseId) -> Result<Vec<Lesson>> {
    tx.query(LESSONS_OF, values![course], read_lesson).await
}

fn words(row: &Row<'_>, first: usize) -> Result<Bilingual> {
    Ok(Bilingual { zh: row.get(first)?, en: row.get(first + 1)? })
}

fn read_course(row: &Row<'_>) -> Result<Course> {
    Ok(Course {
        id: row.get(0)?,
        base: row.get(1)?,
        year: row.get(2)?,
        subject: subject(row, 3)?,
        slug: row.get(4)?,
        title: words(row, 5)?,
        summary: words(row, 7)?,
        position: row.get(9)?,
    })
}

fn read_lesson(row: &Row<'_>) -> Result<Lesson> {
    let kind: String = row.get(5)?;
    let file: (Option<String>, Option<String>, Option<String>) = (row.get(10)?, row.get(11)?, row.get(12)?);
    Ok(Lesson {
        id: row.get(0)?,
        course: row.get(1)?,
        chapter: row.get(2)?,
        position: row.get(3)?,
        slug: row.get(4)?,
        kind: LessonKind::from_code(&kind).ok_or_else(|| Error::internal(format!("lesson kind {kind:?}")))?,
        title: words(row, 6)?,
        length_ms: row.get(8)?,
        credit: row.get(9)?,
        file: match file {
            (Some(name), Some(sha256), Some(media_type)) => Some(LessonFile { name, sha256, media_type }),
            _ => None,
        },
        captions: Captions { zh_sha256: row.get(13)?, en_sha256: row.get(14)?, are_on: row.get(15)? },
        body: None,
        paper: row.get(16)?,
    })
}
