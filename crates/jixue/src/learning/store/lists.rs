//! Progress in lists: of a course's lessons, of a year's courses, and where to go on.

use super::subject;
use crate::catalog::Bilingual;
use crate::db::{Tx, values};
use crate::error::{Error, Result};
use crate::learning::progress::{CourseSums, LessonStanding, NextLesson};
use jixue_core::catalog::{LessonKind, LessonMeasure};
use jixue_core::id::{CourseId, LearnerId};
use jixue_core::time::Year;

crate::db::statements! {
    LESSON_STANDINGS = "SELECT p.lesson_id, p.counted_ms, p.position_ms, p.updated_at, p.completed_at
        FROM lesson_progress p JOIN lesson l ON l.lesson_id = p.lesson_id
        WHERE p.learner_id = $1 AND l.course_id = $2 ORDER BY l.position LIMIT 500";
    COURSE_SUMS = "SELECT c.course_id, CAST(COUNT(*) AS BIGINT), CAST(COUNT(p.completed_at) AS BIGINT),
            CAST(COUNT(p.lesson_id) AS BIGINT), CAST(COALESCE(SUM(l.credit_seconds), 0) AS BIGINT)
        FROM course c JOIN lesson l ON l.course_id = c.course_id AND l.kind <> 'quiz'
        LEFT JOIN lesson_progress p ON p.learner_id = $1 AND p.lesson_id = l.lesson_id
        WHERE c.year = $2 GROUP BY c.course_id ORDER BY c.course_id LIMIT 500";
    CONTINUE_AT = "SELECT lesson_id, kind, title_zh, title_en, course_id, course_zh, course_en, subject, length_ms,
            credit_seconds, counted_ms, position_ms
        FROM (SELECT l.lesson_id, l.kind, l.title_zh, l.title_en, l.length_ms, l.credit_seconds, l.position,
                c.course_id, c.title_zh AS course_zh, c.title_en AS course_en, c.subject, c.position AS course_position,
                COALESCE(p.counted_ms, 0) AS counted_ms, COALESCE(p.position_ms, 0) AS position_ms,
                COALESCE(p.updated_at, 0) AS updated_at, p.completed_at,
                MAX(COALESCE(p.updated_at, 0)) OVER (PARTITION BY c.course_id) AS course_updated_at
            FROM enrollment e JOIN course c ON c.year = e.year AND c.subject = e.subject
            JOIN lesson l ON l.course_id = c.course_id AND l.kind <> 'quiz'
            LEFT JOIN lesson_progress p ON p.learner_id = e.learner_id AND p.lesson_id = l.lesson_id
            WHERE e.learner_id = $1 AND e.year = $2) open_lesson
        WHERE completed_at IS NULL
        ORDER BY course_updated_at DESC, course_position, course_id, updated_at DESC, position LIMIT 1";
}

/// What a learner has of each begun lesson of a course.
pub(in crate::learning) async fn lesson_standings(
    tx: &Tx<'_>,
    learner: LearnerId,
    course: CourseId,
) -> Result<Vec<LessonStanding>> {
    tx.query(LESSON_STANDINGS, values![learner, course], |row| {
        Ok(LessonStanding {
            lesson: row.get(0)?,
            recorded_ms: row.get(1)?,
            position_ms: row.get(2)?,
            updated_at: row.get(3)?,
            completed_at: row.get(4)?,
        })
    })
    .await
}

/// How far a learner is in each course of a year; quizzes are not counted.
pub(in crate::learning) async fn course_sums(tx: &Tx<'_>, learner: LearnerId, year: Year) -> Result<Vec<CourseSums>> {
    tx.query(COURSE_SUMS, values![learner, year], |row| {
        Ok(CourseSums {
            course: row.get(0)?,
            lessons: row.get(1)?,
            completed: row.get(2)?,
            begun: row.get(3)?,
            credit: row.get(4)?,
        })
    })
    .await
}

/// The lesson to go on with: in the course studied last, the one begun last, or the first that is open.
pub(in crate::learning) async fn continue_at(
    tx: &Tx<'_>,
    learner: LearnerId,
    year: Year,
) -> Result<Option<NextLesson>> {
    tx.query_optional(CONTINUE_AT, values![learner, year], |row| {
        let kind: String = row.get(1)?;
        let kind = LessonKind::from_code(&kind).ok_or_else(|| Error::internal(format!("lesson kind {kind:?}")))?;
        let measure = LessonMeasure { kind, media_ms: row.get(8)?, credit: row.get(9)? };
        Ok(NextLesson {
            lesson: row.get(0)?,
            kind,
            title: Bilingual { zh: row.get(2)?, en: row.get(3)? },
            course: row.get(4)?,
            course_title: Bilingual { zh: row.get(5)?, en: row.get(6)? },
            subject: subject(row, 7)?,
            length_ms: measure.beat_length_ms(),
            recorded_ms: row.get(10)?,
            position_ms: row.get(11)?,
        })
    })
    .await
}
