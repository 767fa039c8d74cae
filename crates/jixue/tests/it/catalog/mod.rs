//! The catalogue's verbs on both engines: what is refused, and that what is stored comes back.

mod courses;
mod papers;

use crate::engines::{Engine, engines};
use crate::test_app::TestApp;
use jixue::catalog::{
    self, Bilingual, Captions, CatalogRefusal, FrozenBank, LessonFile, NewChapter, NewCourse, NewLesson, NewPaper,
    NewQuestion, PaperPurpose,
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
    let name =
        |name: &str| LessonFile { name: name.to_owned(), sha256: "0".repeat(64), media_type: "video/mp4".to_owned() };
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
        captions: Captions { zh_sha256: Some("1".repeat(64)), en_sha256: None, are_on: true },
        body: None,
        paper: None,
    }
}

fn question(kind: QuestionKind, key: &str) -> NewQuestion {
    let options = if kind == QuestionKind::TrueFalse { 2 } else { 4 };
    NewQuestion {
        kind,
        stem: Bilingual::new("问", "Q"),
        options: (0..options).map(|number| Bilingual::new(format!("选项{number}"), "")).collect(),
        key: key.parse().unwrap(),
        explanation: Bilingual::new("因为", "because"),
        difficulty: 2,
        tags: vec!["t".to_owned(), "t-1".to_owned()],
    }
}

fn frozen() -> FrozenBank {
    let kinds = [(QuestionKind::Single, "B"), (QuestionKind::Multiple, "AC"), (QuestionKind::TrueFalse, "A")];
    let questions = kinds.map(|(kind, key)| question(kind, key)).to_vec();
    FrozenBank::new(Bilingual::new("题库", "Bank"), questions).unwrap()
}

fn paper(bank: BankId, count: u16) -> NewPaper {
    let section = Section { kind: QuestionKind::Single, count, points: 10, ..section() };
    NewPaper {
        bank,
        year: YEAR,
        subject: Subject::Public,
        purpose: PaperPurpose::Chapter,
        title: Bilingual::new("小测", "Quiz"),
        blueprint: Blueprint { sections: vec![section], partial_credit: PartialCredit::None },
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
