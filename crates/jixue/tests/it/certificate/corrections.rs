//! Certificates that were wrong: replaced or revoked, by officers, with a reason, visibly.

use super::city::{City, officer, own};
use crate::engines::engines;
use jixue::certificate::{replace, revoke};
use jixue::db::{Tx, values};
use jixue::error::{Error, Result};
use jixue_core::certificate::CertificateState;
use jixue_core::id::{CertificateId, LearnerId};
use jixue_core::scope::{Reach, Scope};

async fn replaced(
    city: &City,
    scope: Scope,
    learner: LearnerId,
    id: CertificateId,
    reason: &'static str,
) -> Result<CertificateId> {
    let at = city.test.at();
    city.test.db.write(async move |tx: &Tx<'_>| replace(tx, &at, &scope, learner, id, reason).await).await
}

async fn revoked(city: &City, scope: Scope, learner: LearnerId, id: CertificateId, reason: &'static str) -> Result<()> {
    let at = city.test.at();
    city.test.db.write(async move |tx: &Tx<'_>| revoke(tx, &at, &scope, learner, id, reason).await).await
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.err().and_then(|error| error.code()).unwrap_or("no refusal")
}

/// A wrong name is corrected by a new certificate; until it is signed the old one holds, from then on only the new one.
#[tokio::test]
async fn a_replacement_supersedes_when_it_is_signed() {
    const RENAME: &str = "UPDATE learner SET name = '王晓丽' WHERE learner_id = $1";
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "王小丽").await;
        city.earn(learner, 30, 0).await;
        let old = city.certificate(learner).await;
        let rename = city.test.db.write(async move |tx: &Tx<'_>| tx.execute(RENAME, values![learner]).await);
        assert_eq!(rename.await.unwrap(), 1);
        let new = replaced(&city, officer(), learner, old.certificate.id, " 姓名有误 ").await.unwrap();
        city.test.settle().await;
        let found = city.certificates(learner).await;
        assert_eq!(found.len(), 2);
        let newer = found.iter().find(|one| one.certificate.id == new).unwrap();
        let older = found.iter().find(|one| one.certificate.id == old.certificate.id).unwrap();
        assert!(newer.is_in_force());
        assert_eq!(newer.record().unwrap().holder_name, "王晓丽");
        assert_eq!(newer.record().unwrap().supersedes, Some(old.certificate.number.to_string()));
        assert!(matches!(older.certificate.state, CertificateState::Superseded { by, .. } if by == new));
        assert_eq!(older.ended_reason.as_deref(), Some("姓名有误"));
        assert_eq!(older.record().unwrap().holder_name, "王小丽", "the old one still says what it said");
        assert_eq!(city.facts(learner, "certificate_superseded").await, 1);
        assert_eq!(city.facts(learner, "certificate_issued").await, 2);
        let again = replaced(&city, officer(), learner, old.certificate.id, "再换").await;
        assert_eq!(code(again), "certificate.already_superseded");
    }
}

/// Two officers press the button, or one presses twice: one new certificate is made.
#[tokio::test]
async fn one_replacement_is_under_way_at_a_time() {
    const LOSE: &str = "DELETE FROM job WHERE kind = 'sign_certificate' AND done_at IS NULL";
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "王小丽").await;
        city.earn(learner, 30, 0).await;
        let old = city.certificate(learner).await.certificate.id;
        let at = city.test.at();
        // Its job is lost, so that it is still under way when the others come.
        let first = city.test.db.write(async move |tx: &Tx<'_>| {
            replace(tx, &at, &officer(), learner, old, "姓名有误").await?;
            tx.execute(LOSE, values![]).await
        });
        assert_eq!(first.await.unwrap(), 1);
        let second = replaced(&city, officer(), learner, old, "姓名有误").await;
        assert_eq!(code(second), "certificate.replacement_under_way");
        revoked(&city, officer(), learner, old, "弄虚作假").await.unwrap();
        city.test.clock.advance_ms(61_000);
        jixue::certificate::sweep(&city.test.app).await.unwrap();
        city.test.settle().await;
        let found = city.certificate(learner).await;
        assert!(
            matches!(found.certificate.state, CertificateState::Revoked { .. }),
            "nothing replaces what was revoked"
        );
        assert_eq!(city.facts(learner, "certificate_issued").await, 1);
    }
}

#[tokio::test]
async fn attack_case_05_only_officers_of_the_region_correct_and_they_give_a_reason() {
    for engine in engines() {
        let city = City::found(engine).await;
        let learner = city.learner(1, "王小丽").await;
        city.earn(learner, 30, 0).await;
        let id = city.certificate(learner).await.certificate.id;
        let elsewhere = Reach::Region { region_code: "430100".to_owned() };
        let elsewhere = Scope::granted(jixue_core::id::AccountId::from_raw(5), elsewhere);
        let clerk = Scope::granted(jixue_core::id::AccountId::from_raw(6), Reach::Unit { unit: city.unit });
        assert_eq!(code(revoked(&city, elsewhere, learner, id, "错").await), "request.not_found");
        assert_eq!(code(revoked(&city, clerk, learner, id, "错").await), "certificate.officers_only");
        assert_eq!(code(revoked(&city, own(learner), learner, id, "错").await), "certificate.officers_only");
        assert_eq!(code(revoked(&city, officer(), learner, id, "  ").await), "certificate.reason_missing");
        assert!(city.certificate(learner).await.is_in_force());
        revoked(&city, officer(), learner, id, "弄虚作假").await.unwrap();
        assert_eq!(code(revoked(&city, officer(), learner, id, "再撤").await), "certificate.already_revoked");
        assert_eq!(code(replaced(&city, officer(), learner, id, "换").await), "certificate.already_revoked");
        assert_eq!(city.facts(learner, "certificate_revoked").await, 1);
    }
}
