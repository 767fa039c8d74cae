//! What is kept only for a while goes by itself; what is evidence stays.

use super::{OFFICER, Office};
use crate::engines::engines;
use jixue::db::{Tx, values};

const FILL: [&str; 8] = [
    "INSERT INTO pending_sign_in (token_digest, account_id, device, name_index, tries, expires_at)
        VALUES ($1, 1, 'x', $1, 0, $2)",
    "INSERT INTO sign_in_trip (state_digest, browser_digest, provider, secret_sealed, back, expires_at)
        VALUES ($1, $1, 'wechat:x', $1, '/', $2)",
    "INSERT INTO used_effort (challenge_digest, expires_at) VALUES ($1, $2)",
    "INSERT INTO factor_question (owner_digest, purpose, sealed, expires_at) VALUES ($1, 'ukey_use', $1, $2)",
    "INSERT INTO recovery (recovery_id, account_id, reason, opened_by, opened_at, expires_at, token_digest)
        VALUES (1, 1, 'lost', 2, $2, $2, $1)",
    "INSERT INTO registration (registration_id, kind, unit_name, region_code, industry, contact_name, phone_index,
            phone_sealed, phone_masked, state, asked_at)
        VALUES (1, 'freelancer', 'x', '431000', 'other', 'x', $1, $1, '139', 'asked', $2)",
    "INSERT INTO activation_request (request_id, identity_index, phone_index, phone_sealed, phone_masked, state, asked_at)
        VALUES (1, $1, $1, $1, '139', 'asked', $2)",
    "INSERT INTO sign_in_code (phone_index, browser_digest, code_digest, sent_at, expires_at, tries)
        VALUES ($1, $1, $1, $2, $2, 0)",
];
const EVIDENCE: [&str; 2] = [
    "INSERT INTO recovery (recovery_id, account_id, reason, opened_by, opened_at, expires_at, confirmed_by, confirmed_at,
            token_digest)
        VALUES (2, 1, 'lost', 2, $2, $2, 3, $2, $1)",
    "INSERT INTO registration (registration_id, kind, unit_name, region_code, industry, contact_name, phone_index,
            phone_sealed, phone_masked, identity_sealed, identity_masked, state, asked_at, decided_by, decided_at)
        VALUES (2, 'freelancer', 'x', '431000', 'other', 'x', $1, $1, '139', $1, '431***', 'accepted', $2, 3, $2)",
];
const COUNT: &str = "SELECT (SELECT COUNT(*) FROM pending_sign_in) + (SELECT COUNT(*) FROM sign_in_trip)
    + (SELECT COUNT(*) FROM used_effort) + (SELECT COUNT(*) FROM factor_question) + (SELECT COUNT(*) FROM recovery)
    + (SELECT COUNT(*) FROM registration) + (SELECT COUNT(*) FROM activation_request) + (SELECT COUNT(*) FROM sign_in_code)";
const IDENTITIES: &str =
    "SELECT COUNT(*) FROM registration WHERE identity_sealed IS NOT NULL OR identity_masked IS NOT NULL";

async fn count(office: &Office, statement: &'static str) -> i64 {
    office.db.read(async move |tx: &Tx<'_>| tx.query_value(statement, values![]).await).await.expect("a count")
}

#[tokio::test]
async fn what_came_to_nothing_is_forgotten_and_evidence_stays() {
    for engine in engines() {
        let office = Office::start(engine).await;
        let before = count(&office, COUNT).await;
        let now = office.clock.now();
        let fill = async move |tx: &Tx<'_>| {
            for statement in FILL.into_iter().chain(EVIDENCE) {
                tx.execute(statement, values![b"some bytes".as_slice(), now]).await?;
            }
            Ok(())
        };
        office.db.write(fill).await.expect("rows");
        jixue::identity::forget(&office).await.expect("it runs");
        assert_eq!(count(&office, COUNT).await, before + 10, "nothing is old yet");
        office.clock.advance_ms(2 * 86_400_000);
        jixue::identity::forget(&office).await.expect("it runs");
        assert_eq!(
            count(&office, COUNT).await,
            before + 5,
            "what is good for minutes, and what nobody can answer, goes after a day"
        );
        assert_eq!(count(&office, IDENTITIES).await, 1);
        office.clock.advance_ms(91 * 86_400_000);
        jixue::identity::forget(&office).await.expect("it runs");
        assert_eq!(count(&office, COUNT).await, before + 2, "who decided what stays");
        assert_eq!(count(&office, IDENTITIES).await, 0, "the number it was about does not");
        jixue::identity::forget(&office).await.expect("again it changes nothing");
        assert_eq!(count(&office, COUNT).await, before + 2);
        office.sign_in(OFFICER).await;
        office.settle().await;
    }
}
