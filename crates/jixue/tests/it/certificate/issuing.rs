//! From the met requirement to the signed document: by itself, once, whatever is lost on the way.

use super::city::{BUREAU, COURSE, City, UNIT, identity_number, own};
use crate::engines::{Engine, engines};
use jixue::app::App;
use jixue::certificate::{intend, sign, sweep};
use jixue::db::{Tx, values};
use jixue_core::certificate::CertificateState;
use jixue_core::fact::CertificateKind;
use jixue_core::id::LearnerId;
use jixue_core::study::{StudySeconds, Subject};

/// Intends a certificate and loses its job, as a crash right after the commit would.
async fn intend_and_lose_the_job(city: &City, learner: LearnerId) {
    const LOSE: &str = "DELETE FROM job WHERE kind = 'sign_certificate'";
    let (at, year) = (city.test.at(), city.year);
    let lost = city.test.db.write(async move |tx: &Tx<'_>| {
        intend(tx, &at, learner, year, CertificateKind::Annual).await?;
        tx.execute(LOSE, values![]).await
    });
    assert_eq!(lost.await.unwrap(), 1, "a job was there to be lost");
}

async fn last_error(city: &City, learner: LearnerId) -> Option<String> {
    const LAST_ERROR: &str = "SELECT last_error FROM job WHERE kind = 'sign_certificate' AND owner_id = $1";
    let read = city.test.db.read(async move |tx: &Tx<'_>| tx.query_value(LAST_ERROR, values![learner]).await);
    read.await.unwrap()
}

#[tokio::test]
async fn met_requirements_bring_both_certificates_by_themselves() {
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "欧阳小丽").await;
        city.earn(learner, 29, 60).await;
        assert!(city.certificates(learner).await.is_empty(), "one hour is missing");
        city.enter(city.hours(learner, 3, Subject::Public, 1)).await;
        city.test.settle().await;
        let found = city.certificates(learner).await;
        let kinds: Vec<_> = found.iter().map(|one| (one.certificate.kind, one.is_in_force())).collect();
        assert_eq!(kinds, [(CertificateKind::Annual, true), (CertificateKind::PublicSubject, true)]);
        assert_eq!(city.facts(learner, "certificate_issued").await, 2);
        let record = found[0].record().unwrap();
        assert_eq!((record.holder_name.as_str(), record.unit_name.as_str()), ("欧阳小丽", UNIT));
        assert_eq!((record.issuer_name.as_str(), record.year), (BUREAU, city.year));
        assert_eq!(record.issuer_uscc, "11431000MJX000069Q");
        let hours = [record.public_hours, record.professional_hours, record.total_hours];
        assert_eq!(hours.map(|hours| hours.to_string()), ["30", "60", "90"]);
        let public: Vec<_> = record.lines.iter().filter(|line| line.subject == Subject::Public).collect();
        assert_eq!(public.len(), 1, "two entries of one course are one line");
        assert_eq!((public[0].title.as_str(), public[0].seconds), (COURSE, StudySeconds::from_hours(30, 45)));
        assert!(!String::from_utf8_lossy(found[0].record_bytes()).contains(&identity_number(1)));
        let record = found[1].record().unwrap();
        assert!(record.lines.iter().all(|line| line.subject == Subject::Public));
        assert_eq!(record.total_hours.to_string(), "30");
    }
}

/// Where the rules ask for a test, hours alone certify nothing, and the certificate says the score.
#[tokio::test]
async fn the_public_subject_waits_for_its_test() {
    for engine in engines() {
        let city = City::with_rules(engine, true).await;
        let (learner, paper) = (city.learner(1, "王小丽").await, city.paper().await);
        city.earn(learner, 30, 0).await;
        assert!(city.certificates(learner).await.is_empty());
        city.pass(learner, paper).await;
        let record = city.certificate(learner).await.record().unwrap();
        assert_eq!((record.kind, record.exam_score), (CertificateKind::PublicSubject, Some(100)));
    }
}

/// Reactions may race and run again, and so may jobs; a learner must not hold two certificates of one year.
#[tokio::test]
async fn concurrent_reactions_and_repeated_jobs_make_one_certificate() {
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "王小丽").await;
        let intents = (0..8).map(|_| {
            let (db, at, year) = (city.test.db.clone(), city.test.at(), city.year);
            tokio::spawn(async move {
                let once = async move |tx: &Tx<'_>| intend(tx, &at, learner, year, CertificateKind::Annual).await;
                db.write(once).await.map(|facts| facts.len())
            })
        });
        for intent in intents.collect::<Vec<_>>() {
            assert_eq!(intent.await.unwrap().unwrap(), 0);
        }
        let id = city.certificate(learner).await.certificate.id;
        let signings = (0..4).map(|_| {
            let app = city.test.app.clone();
            tokio::spawn(async move { sign(&app, learner, id).await })
        });
        for signing in signings.collect::<Vec<_>>() {
            signing.await.unwrap().unwrap();
        }
        city.test.settle().await;
        let signed = city.certificate(learner).await;
        let digest = signed.document_sha256();
        sign(&city.test.app, learner, id).await.unwrap();
        assert_eq!(city.certificate(learner).await.document_sha256(), digest, "signed once, never again");
        assert_eq!(city.facts(learner, "certificate_issued").await, 1);
    }
}

#[tokio::test]
async fn the_sweep_finishes_what_a_crash_left() {
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "王小丽").await;
        intend_and_lose_the_job(&city, learner).await;
        city.test.settle().await;
        assert!(city.certificate(learner).await.is_being_made());
        city.test.clock.advance_ms(61_000);
        sweep(&city.test.app).await.unwrap();
        city.test.settle().await;
        assert!(city.certificate(learner).await.is_in_force());
    }
}

/// A deployment whose key is not there yet must lose nothing: the certificates wait and are signed when it comes.
#[tokio::test]
async fn without_a_key_certificates_wait() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    intend_and_lose_the_job(&city, learner).await;
    let id = city.certificate(learner).await.certificate.id;
    let mut config = city.test.config.clone();
    config.keys = config.data.with_file_name("keys-without-issuer");
    std::fs::create_dir_all(&config.keys).unwrap();
    for entry in std::fs::read_dir(&city.test.config.keys).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), config.keys.join(entry.file_name())).unwrap();
    }
    let keyless = App::open(config, city.test.clock.clone()).await.unwrap();
    assert!(keyless.issuer.is_none());
    // The city's own server has the key and would sign what has waited long enough: time stands still for now.
    sweep(&keyless).await.unwrap();
    sign(&keyless, learner, id).await.unwrap();
    assert_eq!(city.certificate(learner).await.certificate.state, CertificateState::Intended);
    let reader = city.test.sign_in(&super::city::phone(1)).await;
    let page = reader.get(city.test.url("/certificates")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("正在生成"), "{page}");
    let document = reader.get(city.test.url(&format!("/certificates/{id}/document"))).send().await.unwrap();
    assert_eq!(document.status(), 409);
    city.test.clock.advance_ms(61_000);
    sweep(&city.test.app).await.unwrap();
    city.test.settle().await;
    assert!(city.certificate(learner).await.is_in_force());
}

/// A box in place of a rare character would print a wrong name under a valid signature.
#[tokio::test]
async fn a_name_that_no_font_can_write_waits_and_the_job_says_why() {
    let city = City::found(Engine::Sqlite).await;
    let (rare, plain) = (city.learner(1, "王\u{30ede}").await, city.learner(2, "王小丽").await);
    city.earn(rare, 30, 0).await;
    city.earn(plain, 30, 0).await;
    assert!(city.certificate(rare).await.is_being_made());
    assert!(city.certificate(plain).await.is_in_force(), "others do not wait behind it");
    let why = last_error(&city, rare).await.expect("the job's error");
    assert!(why.contains("U+30EDE"), "{why}");
}

/// The commitment must open with the salt that follows from our key, or nobody could ever prove whose it is.
#[tokio::test]
async fn the_commitment_opens_with_key_and_id_number() {
    let city = City::found(Engine::Sqlite).await;
    let learner = city.learner(1, "王小丽").await;
    city.earn(learner, 30, 0).await;
    let found = city.certificate(learner).await;
    let salt = city.test.keys.commitment_salt(&format!("certificate {}", found.certificate.id));
    let expected = jixue_core::certificate::id_commitment(&salt, &identity_number(1));
    assert_eq!(found.record().unwrap().holder_id_commitment, expected);
    let stranger = city.learner(2, "李小明").await;
    let strangers = own(stranger);
    let read =
        city.test.db.read(async move |tx: &Tx<'_>| jixue::certificate::certificates_of(tx, &strangers, learner).await);
    assert!(read.await.unwrap().is_empty(), "another learner's scope does not reach it");
}
