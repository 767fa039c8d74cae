//! Courses, chapters and lessons.

use super::*;

/// What an author enters is what a learner finds.
#[tokio::test]
async fn a_course_comes_back_as_it_was_published() {
    in_catalogues(async |app| {
        let at = app.at();
        let work = async move |tx: &Tx<'_>| {
            let second = catalog::add_course(tx, &at, &course("second", 2)).await?;
            let first = catalog::add_course(tx, &at, &course("first", 1)).await?;
            let title = Bilingual::new("第一章", "One");
            catalog::add_chapter(tx, &NewChapter { course: first, number: 1, title }).await?;
            let text = NewLesson {
                kind: LessonKind::Article,
                position: 2,
                body: Some(Bilingual::new("## 字", "")),
                file: None,
                ..film(first)
            };
            let text = catalog::add_lesson(tx, &at, &text).await?;
            let film = catalog::add_lesson(tx, &at, &film(first)).await?;
            let courses = catalog::courses_of(tx, YEAR, Subject::Public).await?;
            assert_eq!(courses.iter().map(|course| course.id).collect::<Vec<_>>(), [first, second]);
            assert_eq!(catalog::courses_of(tx, YEAR, Subject::Professional).await?, []);
            assert_eq!(catalog::base_of(tx, YEAR, Subject::Public).await?, Some(BaseId::from_raw(7)));
            assert_eq!(catalog::chapters_of(tx, first).await?.len(), 1);
            let lessons = catalog::lessons_of(tx, first).await?;
            assert_eq!(lessons.iter().map(|lesson| lesson.id).collect::<Vec<_>>(), [film, text]);
            assert_eq!((lessons[0].length_ms, lessons[0].captions.are_on, &lessons[0].body), (60_000, true, &None));
            let text = catalog::lesson(tx, text).await?.expect("the article");
            assert_eq!(text.body, Some(Bilingual::new("## 字", "")));
            Ok(())
        };
        app.db.write(work).await.unwrap();
    })
    .await;
}

/// A lesson that cannot be studied, or that hangs in the air, is refused before a learner opens it.
#[tokio::test]
async fn what_cannot_be_studied_is_not_published() {
    in_catalogues(async |app| {
        let at = app.at();
        let make = async move |tx: &Tx<'_>| {
            let course = catalog::add_course(tx, &at, &course("first", 1)).await?;
            let title = Bilingual::default();
            catalog::add_chapter(tx, &NewChapter { course, number: 1, title }).await?;
            Ok(course)
        };
        let id = app.db.write(make).await.unwrap();
        let incomplete = [
            NewLesson { file: None, ..film(id) },
            NewLesson { length_ms: 0, ..film(id) },
            NewLesson { credit: StudySeconds(-1), ..film(id) },
            NewLesson { kind: LessonKind::Article, ..film(id) },
            NewLesson { kind: LessonKind::Quiz, ..film(id) },
            NewLesson { paper: Some(PaperId::from_raw(1)), ..film(id) },
        ];
        for lesson in incomplete {
            assert_eq!(refusal(app, lesson.clone()).await, Some("catalog.lesson_incomplete"), "{lesson:?}");
        }
        assert_eq!(refusal(app, NewLesson { chapter: 2, ..film(id) }).await, Some("catalog.place_missing"));
        assert_eq!(refusal(app, film(CourseId::from_raw(1))).await, Some("catalog.place_missing"));
        let at = app.at();
        let again = async move |tx: &Tx<'_>| catalog::add_course(tx, &at, &course("first", 3)).await;
        let taken = CatalogRefusal::SlugTaken.code();
        assert_eq!(app.db.write(again).await.unwrap_err().code(), Some(taken));
    })
    .await;
}

async fn refusal(app: &TestApp, lesson: NewLesson) -> Option<&'static str> {
    let at = app.at();
    let add = async move |tx: &Tx<'_>| catalog::add_lesson(tx, &at, &lesson).await;
    app.db.write(add).await.expect_err("an incomplete lesson").code()
}
