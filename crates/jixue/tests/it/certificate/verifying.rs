//! What strangers are told.

use super::city::{BUREAU, City, UNIT, identity_number, officer};
use crate::engines::{Engine, engines};
use jixue::certificate::{replace, revoke};
use jixue::db::Tx;
use jixue_core::id::LearnerId;

/// Well formed, and nobody's.
const NOBODYS: &str = "ZZZZ-ZZZZ-ZZZZZ-ZZZZ-ZZZZ-ZZZZW";

/// A page in one of the two languages.
async fn page(city: &City, language: &str, path: &str) -> String {
    let asked = city.test.visitor().get(city.test.url(path)).header("cookie", format!("lang={language}"));
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["x-robots-tag"], "noindex");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.text().await.unwrap()
}

async fn json(city: &City, code: &str) -> serde_json::Value {
    let path = format!("/api/v1/verifications/{code}");
    let answer = city.test.visitor().get(city.test.url(&path)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// The page without what differs from one moment and address to the next: a second may pass between two answers.
fn shape(page: &str, code: &str) -> String {
    let digits = |word: &str, length, places: &[usize], mark| {
        word.len() == length && places.iter().all(|&place| word.as_bytes()[place] == mark)
    };
    let moment = |word: &str| digits(word, 8, &[2, 5], b':') || digits(word, 10, &[4, 7], b'-');
    let words = page.split([' ', '<', '>', '"', '\n', '，']);
    words.filter(|word| !moment(word) && !word.contains(&format!("/verify/{code}"))).collect::<Vec<_>>().join(" ")
}

/// What no public answer may hold of the `serial`th learner.
fn is_private(page: &str, name: &str, serial: u32) -> bool {
    let number = identity_number(serial);
    !page.contains(name) && !page.contains(&number) && !page.contains(&number[14..]) && !page.contains("431***")
}

async fn correct(city: &City, learner: LearnerId, replaces: bool) {
    let (at, id) = (city.test.at(), city.certificates(learner).await[0].certificate.id);
    let done = city.test.db.write(async move |tx: &Tx<'_>| match replaces {
        true => replace(tx, &at, &officer(), learner, id, "姓名有误").await.map(drop),
        false => revoke(tx, &at, &officer(), learner, id, "弄虚作假").await,
    });
    done.await.unwrap();
    city.test.settle().await;
}

/// Each state has its own word, in both languages; names stay masked, id numbers and reasons are told to nobody.
#[tokio::test]
async fn each_state_is_said_in_words() {
    for engine in engines() {
        let city = City::found(engine).await;
        let learners =
            [city.learner(1, "欧阳小丽").await, city.learner(2, "欧阳小丽").await, city.learner(3, "欧阳小丽").await];
        let mut codes = Vec::new();
        for learner in learners {
            city.earn(learner, 30, 0).await;
            codes.push(city.certificate(learner).await.code);
        }
        correct(&city, learners[1], true).await;
        correct(&city, learners[2], false).await;
        let said = [
            ("valid", "真实有效", "Genuine and valid"),
            ("superseded", "已被新证书替代", "Superseded by a newer certificate"),
            ("revoked", "已撤销", "Revoked"),
        ];
        for ((code, (state, chinese, english)), serial) in codes.iter().zip(said).zip(1..) {
            let path = format!("/verify/{}", code.plain());
            for (language, word) in [("zh-CN", chinese), ("en", english)] {
                let page = page(&city, language, &path).await;
                assert!(page.contains(&format!("<h1>{word}</h1>")), "{state} in {language}: {page}");
                assert!(page.contains("欧阳*丽") && page.contains(UNIT) && page.contains(BUREAU));
                assert!(page.contains(city.test.base_url.split_once("://").unwrap().1), "the address spelt out");
                assert!(
                    is_private(&page, "欧阳小丽", serial) && !page.contains("弄虚作假") && !page.contains("姓名有误")
                );
                assert!(page.len() < 30_000, "{} bytes", page.len());
            }
            let told = json(&city, &code.to_string()).await;
            assert_eq!(told["state"], state);
            assert_eq!(told["certificate"]["public_hours_hundredths"], 3_000);
            assert!(is_private(&told.to_string(), "欧阳小丽", serial));
        }
        let newer = city.certificates(learners[1]).await.into_iter().find(|one| one.is_in_force()).unwrap();
        let old = page(&city, "zh-CN", &format!("/verify/{}", codes[1].plain())).await;
        assert!(old.contains(&format!("/verify/{}", newer.code.plain())), "the way to the newer one");
        let told = json(&city, &codes[1].plain()).await;
        assert_eq!(told["certificate"]["superseded_by"]["state"], "valid");
        let told = json(&city, &newer.code.plain()).await;
        assert_eq!(told["certificate"]["supersedes"], told_number(&city, &codes[1].plain()).await);
    }
}

async fn told_number(city: &City, code: &str) -> serde_json::Value {
    json(city, code).await["certificate"]["number"].clone()
}

/// Who tries codes must learn nothing from how the answer looks.
#[tokio::test]
async fn attack_case_24_what_is_no_code_is_answered_like_a_code_nobody_has() {
    for engine in engines() {
        let city = City::found(engine).await;
        let unknown = page(&city, "zh-CN", &format!("/verify/{NOBODYS}")).await;
        assert!(unknown.contains("<h1>查不到</h1>"));
        assert!(page(&city, "en", "/verify/x").await.contains("<h1>Not found</h1>"));
        for wrong in
            ["abc", "0", "YL-2026-A-00000001-01", "%E6%A0%B8%E9%AA%8C%E7%A0%81", "ZZZZ-ZZZZ-ZZZZZ-ZZZZ-ZZZZ-ZZZZZ"]
        {
            let answered = page(&city, "zh-CN", &format!("/verify/{wrong}")).await;
            assert_eq!(shape(&answered, wrong), shape(&unknown, NOBODYS), "{wrong}");
        }
        assert_eq!(json(&city, "abc").await["state"], "unknown");
        assert!(json(&city, NOBODYS).await.get("certificate").is_none());
    }
}

/// A certificate that is still being made is nobody's proof of anything.
#[tokio::test]
async fn an_unsigned_certificate_is_not_found() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王\u{30ede}").await;
    city.earn(learner, 30, 0).await;
    let code = city.certificate(learner).await.code;
    assert!(page(&city, "zh-CN", &format!("/verify/{}", code.plain())).await.contains("<h1>查不到</h1>"));
}

/// Without scripts, with the code typed as people type it; a number opens nothing, since numbers can be counted up.
#[tokio::test]
async fn a_typed_code_leads_to_its_page_and_a_number_does_not() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    city.earn(learner, 30, 0).await;
    let found = city.certificate(learner).await;
    let (visitor, address) = (city.test.visitor(), city.test.url("/verify"));
    let form = visitor.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(form.contains("name=\"code\"") && form.len() < 30_000);
    let typed = format!(" {} ", found.code.to_string().to_lowercase().replace('0', "o"));
    let sent = visitor.post(&address).form(&[("code", typed.as_str())]).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    let next = sent.headers()["location"].to_str().unwrap().to_owned();
    let page = visitor.get(city.test.url(&next)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("真实有效"), "{page}");
    let number = found.certificate.number.to_string();
    let sent = visitor.post(&address).form(&[("code", number.as_str())]).send().await.unwrap();
    assert!(sent.text().await.unwrap().contains("这是证书编号"));
    let sent = visitor.post(&address).form(&[("code", "  ")]).send().await.unwrap();
    assert!(sent.text().await.unwrap().contains("请先输入核验码"));
}

/// A robot that tries codes is stopped; an office that checks a pile of papers is not.
#[tokio::test]
async fn attack_case_24_too_many_checks_from_one_address_are_refused() {
    let city = City::found(Engine::Sqlite).await;
    let (visitor, mut allowed) = (city.test.visitor(), 0);
    let refused = loop {
        let answer = visitor.get(city.test.url("/api/v1/verifications/x")).send().await.unwrap();
        match answer.status().as_u16() {
            200 => allowed += 1,
            _ => break answer,
        }
        assert!(allowed < 2_000, "never refused");
    };
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(allowed >= 120, "{allowed} were let through");
    let page = visitor.get(city.test.url(&format!("/verify/{NOBODYS}"))).send().await.unwrap();
    assert_eq!(page.status(), 429, "the page shares the limit");
}
