//! The catalogue's verbs on both engines: what is refused, and that what is stored comes back.

use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::catalog::{
    self, Bilingual, Captions, CatalogRefusal, FrozenBank, LessonFile, NewChapter, NewCourse, NewLesson,
    NewPaper, NewQuestion, PaperPurpose,
};
use jixue::db::Tx;
use jixue_core::assessment::{Blueprint, PartialCredit, QuestionKind, Section};
use jixue_core::catalog::LessonKind;
use jixue_core::id::{BankId, BaseId, CourseId, PaperId};
use jixue_core::refusal::Refusal;
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::Year;

const YEAR: Year = Year(2026);

fn course(slug: &str, position: i64) -> NewCourse {
    NewCourse {
        base: BaseId::from_raw(7),
        year: YEAR,
        subject: Subject::Public,
        slug: slug.to_owned(),
        title: Bilingual::new("安全", "Safety"),
        summary: Bilingual::new("为什么", ""),
        position,
    }
}

fn film(course: CourseId) -> NewLesson {
    let name = |name: &str| LessonFile {
        name: name.to_owned(),
        sha256: "0".repeat(64),
        media_type: "video/mp4".to_owned(),
    };
    NewLesson {
        course,
        chapter: 1,
        position: 1,
        slug: "s-1-1".to_owned(),
        kind: LessonKind::Video,
        title: Bilingual::new("第一讲", "One"),
        length_ms: 60_000,
        credit: StudySeconds(60),
        file: Some(name("a.mp4")),
        captions: Captions {
            zh_sha256: Some("1".repeat(64)),
            en_sha256: None,
            are_on: true,
        },
        body: None,
        paper: None,
    }
}

fn question(kind: QuestionKind, key: &str) -> NewQuestion {
    let options = if kind == QuestionKind::TrueFalse { 2 } else { 4 };
    NewQuestion {
        kind,
        stem: Bilingual::new("问", "Q"),
        options: (0..options)
            .map(|number| Bilingual::new(format!("选项{number}"), ""))
            .collect(),
        key: key.parse().unwrap(),
        explanation: Bilingual::new("因为", "because"),
        difficulty: 2,
        tags: vec!["t".to_owned(), "t-1".to_owned()],
    }
}

fn frozen() -> FrozenBank {
    let kinds = [
        (QuestionKind::Single, "B"),
        (QuestionKind::Multiple, "AC"),
        (QuestionKind::TrueFalse, "A"),
    ];
    let questions = kinds.map(|(kind, key)| question(kind, key)).to_vec();
    FrozenBank::new(Bilingual::new("题库", "Bank"), questions).unwrap()
}

fn paper(bank: BankId, count: u16) -> NewPaper {
    let section = Section {
        kind: QuestionKind::Single,
        count,
        points: 10,
        ..section()
    };
    NewPaper {
        bank,
        year: YEAR,
        subject: Subject::Public,
        purpose: PaperPurpose::Chapter,
        title: Bilingual::new("小测", "Quiz"),
        blueprint: Blueprint {
            sections: vec![section],
            partial_credit: PartialCredit::None,
        },
        minutes: 10,
        pass_score: 10,
        attempts_max: 3,
    }
}

fn section() -> Section {
    serde_json::from_str(r#"{"kind":"single","count":1,"points":10}"#).unwrap()
}

async fn in_catalogues(test: impl AsyncFn(&TestApp)) {
    for engine in engines() {
        println!("on {engine:?}"); // shown when the test fails
        test(&started(engine).await).await;
    }
}

async fn started(engine: Engine) -> TestApp {
    TestApp::start(engine).await
}

/// What an author enters is what a learner finds.
#[tokio::test]
async fn a_course_comes_back_as_it_was_published() {
    in_catalogues(async |app| {
        let at = app.at();
        let work = async move |tx: &Tx<'_>| {
            let second = catalog::add_course(tx, &at, &course("second", 2)).await?;
            let first = catalog::add_course(tx, &at, &course("first", 1)).await?;
            let title = Bilingual::new("第一章", "One");
            catalog::add_chapter(
                tx,
                &NewChapter {
                    course: first,
                    number: 1,
                    title,
                },
            )
            .await?;
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
            assert_eq!(
                courses.iter().map(|course| course.id).collect::<Vec<_>>(),
                [first, second]
            );
            assert_eq!(catalog::courses_of(tx, YEAR, Subject::Professional).await?, []);
            assert_eq!(
                catalog::base_of(tx, YEAR, Subject::Public).await?,
                Some(BaseId::from_raw(7))
            );
            assert_eq!(catalog::chapters_of(tx, first).await?.len(), 1);
            let lessons = catalog::lessons_of(tx, first).await?;
            assert_eq!(
                lessons.iter().map(|lesson| lesson.id).collect::<Vec<_>>(),
                [film, text]
            );
            assert_eq!(
                (lessons[0].length_ms, lessons[0].captions.are_on, &lessons[0].body),
                (60_000, true, &None)
            );
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
            catalog::add_chapter(
                tx,
                &NewChapter {
                    course,
                    number: 1,
                    title,
                },
            )
            .await?;
            Ok(course)
        };
        let id = app.db.write(make).await.unwrap();
        let incomplete = [
            NewLesson {
                file: None,
                ..film(id)
            },
            NewLesson {
                length_ms: 0,
                ..film(id)
            },
            NewLesson {
                credit: StudySeconds(-1),
                ..film(id)
            },
            NewLesson {
                kind: LessonKind::Article,
                ..film(id)
            },
            NewLesson {
                kind: LessonKind::Quiz,
                ..film(id)
            },
            NewLesson {
                paper: Some(PaperId::from_raw(1)),
                ..film(id)
            },
        ];
        for lesson in incomplete {
            assert_eq!(
                refusal(app, lesson.clone()).await,
                Some("catalog.lesson_incomplete"),
                "{lesson:?}"
            );
        }
        assert_eq!(
            refusal(
                app,
                NewLesson {
                    chapter: 2,
                    ..film(id)
                }
            )
            .await,
            Some("catalog.place_missing")
        );
        assert_eq!(
            refusal(app, film(CourseId::from_raw(1))).await,
            Some("catalog.place_missing")
        );
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

/// Questions come back with their keys and words; a paper its bank cannot fill is refused.
#[tokio::test]
async fn a_bank_is_frozen_and_a_paper_must_fit_it() {
    in_catalogues(async |app| {
        let at = app.at();
        let work = async move |tx: &Tx<'_>| {
            let bank = catalog::freeze_bank(tx, &at, &frozen()).await?;
            let questions = catalog::questions_of(tx, bank).await?;
            let keys: Vec<String> = questions
                .iter()
                .map(|question| question.rules.key().to_string())
                .collect();
            assert_eq!(keys, ["B", "AC", "A"]);
            assert_eq!(questions[0].options[3].zh, "选项3");
            assert_eq!(questions[0].rules.tags(), ["t", "t-1"]);
            assert_eq!(catalog::bank(tx, bank).await?.questions().len(), 3);
            let id = catalog::add_paper(tx, &at, &paper(bank, 1)).await?;
            let subject = NewPaper {
                purpose: PaperPurpose::Subject,
                ..paper(bank, 1)
            };
            let test = catalog::add_paper(tx, &at, &subject).await?;
            let papers = catalog::papers_of(tx, YEAR, Subject::Public).await?;
            assert_eq!(
                papers.iter().map(|paper| paper.id).collect::<Vec<_>>(),
                [test, id]
            );
            assert_eq!(
                catalog::paper(tx, id).await?.expect("the paper").blueprint,
                paper(bank, 1).blueprint
            );
            Ok(bank)
        };
        let bank = app.db.write(work).await.unwrap();
        for (wrong, code) in [
            (paper(bank, 2), "exam.too_few_single"),
            (
                NewPaper {
                    pass_score: 11,
                    ..paper(bank, 1)
                },
                "catalog.paper_out_of_range",
            ),
            (
                NewPaper {
                    minutes: 0,
                    ..paper(bank, 1)
                },
                "catalog.paper_out_of_range",
            ),
        ] {
            let at = app.at();
            let add = async move |tx: &Tx<'_>| catalog::add_paper(tx, &at, &wrong).await;
            assert_eq!(app.db.write(add).await.unwrap_err().code(), Some(code));
        }
    })
    .await;
}

/// The digest says whether two banks ask the same: every word and key is in it.
#[test]
fn a_banks_digest_is_of_its_questions() {
    let same = |questions: Vec<NewQuestion>| FrozenBank::new(Bilingual::default(), questions).unwrap().digest;
    let single = || question(QuestionKind::Single, "B");
    assert_eq!(same(vec![single()]), same(vec![single()]));
    assert_ne!(
        same(vec![single()]),
        same(vec![question(QuestionKind::Single, "C")])
    );
    let mut reworded = single();
    reworded.options[2].en = "three".to_owned();
    assert_ne!(same(vec![single()]), same(vec![reworded]));
    let unanswerable = FrozenBank::new(Bilingual::default(), vec![question(QuestionKind::Multiple, "B")]);
    assert_eq!(unanswerable.unwrap_err().code(), Some("bank.key_does_not_fit"));
}
