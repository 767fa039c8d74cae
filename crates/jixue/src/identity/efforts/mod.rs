//! A proof in place of a refusal: where strangers' tries at a name are used up, a browser may work for a moment, or wait a
//! minute, and go on. No pictures, no bent letters: whoever has old eyes or an old phone passes as well.
//!
//! The question stands in a signed line and is kept nowhere: for this browser, this name, so hard, from this moment. It is
//! answered once, by a number that makes the digest of line and number begin with enough zero bits, or by having waited.
//! Who cannot do either asks the unit's clerk for a code (`/activation`). What somebody else does elsewhere takes nothing of
//! this away: it is counted by name and network together, and only the work grows with the tries at a name and from a
//! network.

mod store;

pub(super) use store::{CATALOGUE, forget};

use super::browsers::Browser;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::keys::{base64_url, random, sha256};
use crate::web::limits::{self, Rate};
use jixue_core::refusal::Kind;
use jixue_core::time::Timestamp;
use serde::Deserialize;
use std::net::IpAddr;

/// Proofs for one name from one network.
const PROVED: Rate = Rate { purpose: "effort", burst: 10, refill_ms: 60_000 };
/// Proofs for whatever names from one network: a hospital's morning passes, a robot that works all day does not.
const PROVED_NETWORK: Rate = Rate { purpose: "effort network", burst: 240, refill_ms: 1_000 };
/// How many tries at a name have needed a proof of late, wherever they came from: refuses nothing, makes the work harder.
const PRESSURE: Rate = Rate { purpose: "effort pressure", burst: 40, refill_ms: 60_000 };
/// The same of a network, whatever names were tried from there.
const PRESSURE_NETWORK: Rate = Rate { purpose: "effort pressure network", burst: 400, refill_ms: 1_000 };
/// Zero bits that are asked for at least: some 33,000 digests, a second or two of an old phone.
const BITS_MIN: u32 = 15;
const BITS_MAX: u32 = 19;
/// How long somebody waits who does not work.
pub(super) const WAIT_MS: i64 = 60_000;
/// How long a question may be answered.
const LIFE_MS: i64 = 15 * 60_000;

/// What a form brings back.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct EffortForm {
    #[serde(default)]
    pub effort: String,
    #[serde(default)]
    pub effort_answer: String,
}

/// What a page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EffortAsk {
    pub challenge: String,
    pub bits: u32,
    /// Seconds until waiting has done as well.
    pub wait_seconds: i64,
}

/// Who asks: a browser, by the name it types, from a network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker<'a> {
    pub browser: &'a Browser,
    pub name: &'a str,
    pub network: IpAddr,
}

fn needed(code: &'static str) -> Refused {
    Refused::new(code, Kind::TooMany)
}

/// Whether a refusal means that a proof would do.
pub(super) fn would_do(refused: &Refused) -> bool {
    refused.code.starts_with("effort.")
}

fn seal(app: &App, asker: Asker<'_>, body: &str) -> String {
    let browser = base64_url(&asker.browser.digest());
    base64_url(&app.keys.blind_index("effort", &format!("{browser}\n{}\n{body}", asker.name)))
}

/// What a page asks of somebody; after `effort.too_soon` the same question again, so that the waiting counts.
pub(super) fn ask(app: &App, asker: Asker<'_>, given: &EffortForm, refused: &Refused) -> EffortAsk {
    let now = app.clock.now();
    if refused.code == "effort.too_soon"
        && let Some((issued_at, bits)) = question(app, asker, &given.effort, now)
    {
        return asked(given.effort.clone(), bits, issued_at, now);
    }
    let of_name = app.limits.taken(PRESSURE, &asker.name, now) / 10;
    let of_network = app.limits.taken(PRESSURE_NETWORK, &limits::network(asker.network), now) / 100;
    let bits = BITS_MAX.min(BITS_MIN + u32::try_from(of_name.max(of_network)).unwrap_or_default());
    let body = format!("{bits}.{}.{}", now.0, base64_url(&random::<16>()));
    let challenge = format!("{body}.{}", seal(app, asker, &body));
    asked(challenge, bits, now, now)
}

fn asked(challenge: String, bits: u32, issued_at: Timestamp, now: Timestamp) -> EffortAsk {
    let left_ms = (WAIT_MS - now.since_ms(issued_at)).max(0);
    EffortAsk { challenge, bits, wait_seconds: (left_ms + 999) / 1_000 }
}

/// When a question was asked and how hard it is; none when it is not ours, another's, or old.
fn question(app: &App, asker: Asker<'_>, challenge: &str, now: Timestamp) -> Option<(Timestamp, u32)> {
    let (body, mac) = challenge.rsplit_once('.')?;
    if challenge.len() > 200 || !is_same(mac, &seal(app, asker, body)) {
        return None;
    }
    let mut parts = body.split('.');
    let bits = parts.next()?.parse().ok()?;
    let issued_at = Timestamp(parts.next()?.parse().ok()?);
    let age_ms = now.since_ms(issued_at);
    (0..=LIFE_MS).contains(&age_ms).then_some((issued_at, bits))
}

/// Compares without telling by time how far it fits.
fn is_same(one: &str, other: &str) -> bool {
    sha256(one.as_bytes()) == sha256(other.as_bytes())
}

/// Zero bits at the head of the digest of question and answer.
fn zero_bits(challenge: &str, answer: &str) -> u32 {
    let digest = sha256(format!("{challenge}:{answer}").as_bytes());
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let next = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros).unwrap_or(32) * 8 + next
}

/// Lets somebody pass who has worked or waited.
///
/// # Errors
/// `effort.needed`, `effort.wrong` and `effort.too_soon` ask for a proof; `request.too_often` when even proofs came too
/// often from this network.
pub(super) async fn instead(app: &App, asker: Asker<'_>, given: &EffortForm) -> Result<()> {
    let now = app.clock.now();
    let network = limits::network(asker.network);
    let _ = app.limits.take(PRESSURE, &asker.name, now);
    let _ = app.limits.take(PRESSURE_NETWORK, &network, now);
    if given.effort.is_empty() {
        return Err(needed("effort.needed").into());
    }
    let (issued_at, bits) = question(app, asker, &given.effort, now).ok_or_else(|| needed("effort.wrong"))?;
    let worked = given.effort_answer.len() <= 20 && zero_bits(&given.effort, &given.effort_answer) >= bits;
    let left_ms = WAIT_MS - now.since_ms(issued_at);
    match (worked, given.effort_answer.is_empty()) {
        (true, false) => {}
        (_, true) if left_ms <= 0 => {}
        (_, true) => return Err(needed("effort.too_soon").with("seconds", (left_ms + 999) / 1_000).into()),
        (false, false) => return Err(needed("effort.wrong").into()),
    }
    let (digest, until) = (sha256(given.effort.as_bytes()), issued_at.plus_ms(LIFE_MS));
    if !app.db.write(async move |tx: &Tx<'_>| store::use_up(tx, &digest, until).await).await? {
        return Err(needed("effort.wrong").into());
    }
    app.limits.take(PROVED_NETWORK, &network, now)?;
    app.limits.take(PROVED, &(asker.name, network), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the page's script counts must be what is counted here.
    #[test]
    fn zero_bits_are_those_at_the_head() {
        let answers = (0..200_000).map(|number| number.to_string());
        let best = answers.map(|answer| (zero_bits("challenge", &answer), answer)).max().expect("some");
        assert!((12..30).contains(&best.0), "{best:?}");
        let digest = crate::keys::hex(&sha256(format!("challenge:{}", best.1).as_bytes()));
        let zeros = digest.chars().take_while(|digit| *digit == '0').count();
        assert_eq!(usize::try_from(best.0 / 4).expect("small"), zeros);
    }
}
