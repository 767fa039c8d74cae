//! Taking in a gateway's verified word: one transaction, by the rules of the core, whichever way the word came.

use crate::app::App;
use crate::at::At;
use crate::billing::BillingRefusal;
use crate::billing::notifications::verify;
use crate::billing::orders::{close_codes, whole};
use crate::billing::payees::{Merchant, payee_of};
use crate::billing::store::orders::{self, OrderHead};
use crate::billing::store::{attempts, inbox, ledger, seats, trades};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::outbox::{self, JobKind};
use jixue_core::billing::{self, Known, Outcome, SeatsOpening, Settlement};
use jixue_core::id::{BaseId, LedgerEntryId, NotificationId};
use jixue_core::proof::Proof;
use jixue_core::scope::Scope;
use jixue_gateways::wechat_pay::Notified;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a settlement that another overtook is done again. Each time somebody else has got on.
const AGAIN_MAX: u32 = 8;

/// A verified word, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub proof: Proof,
    /// It is about another merchant or app than the one configured.
    pub foreign: bool,
    /// The row of the inbox that holds it, if it came by itself.
    pub notification: Option<NotificationId>,
}

/// Books verified money: it settles its order, or lies in suspense, or was booked before.
///
/// # Errors
/// Only the database's, or a configured payee that does not exist: the word stays in the inbox, or is fetched again.
pub async fn settle(app: &App, incoming: Incoming) -> Result<Outcome> {
    let channel = incoming.proof.channel();
    let merchant =
        Merchant::of(app, channel).ok_or_else(|| Error::internal("money came for a channel that is not configured"))?;
    for again in 0..AGAIN_MAX {
        let (at, merchant, word) = (app.at(), merchant.clone(), incoming.clone());
        let outcome = app.db.write(async move |tx: &Tx<'_>| settle_once(tx, &at, &merchant, &word).await).await;
        match outcome {
            Ok(outcome) => {
                app.outbox.wake();
                tracing::info!(trade_no = incoming.proof.trade_no(), ?outcome, "money came");
                return Ok(outcome);
            }
            Err(error) if is_overtaken(&error) => tokio::time::sleep(pause(again)).await,
            Err(error) => return Err(error),
        }
    }
    Err(BillingRefusal::Overtaken.into())
}

fn is_overtaken(error: &Error) -> bool {
    match error {
        Error::Refused(refused) => refused.code == "billing.overtaken",
        Error::Database(failure) => failure.is_temporary(),
        Error::Internal(_) => false,
    }
}

/// Those that collided must not meet again: up to 8, 16, 32 … ms.
fn pause(again: u32) -> Duration {
    let [low, high] = crate::keys::random::<2>();
    Duration::from_micros(u64::from(u16::from_le_bytes([low, high])) % (8_000 << again.min(6)))
}

async fn settle_once(tx: &Tx<'_>, at: &At, merchant: &Merchant, incoming: &Incoming) -> Result<Outcome> {
    let proof = &incoming.proof;
    let payee = payee_of(tx, merchant).await?;
    let found = attempts::by_number(tx, proof.out_trade_no()).await?;
    let scope = Scope::system("settle");
    let head = match &found {
        Some(found) => orders::head(tx, &scope, found.payer, found.attempt.order).await?,
        None => None,
    };
    let (order, covered) = match &head {
        Some(head) => (Some(whole(tx, head.clone()).await?), seats::covered(tx, head).await?),
        None => (None, BTreeSet::new()),
    };
    let known = Known {
        payee: payee.base,
        // No account of ours is called so: what went to a stranger's account or app fits no order.
        merchant: if incoming.foreign { "" } else { &merchant.number },
        receipt: payee.receipt,
        trade_seen: trades::is_known(tx, proof).await?,
        attempt: found.map(|found| found.attempt),
        order,
        covered: &covered,
    };
    let settlement = billing::settle(proof, known, at.ids.next(), at.now);
    let outcome = settlement.outcome;
    if outcome != Outcome::Repeated {
        store(tx, at, proof, (payee.base, head.as_ref()), settlement).await?;
    }
    if let Some(notification) = incoming.notification {
        inbox::taken(tx, notification, "done", outcome_code(outcome), at.now).await?;
    }
    Ok(outcome)
}

fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Repeated => "repeated",
        Outcome::Settled { .. } => "settled",
        Outcome::Suspended { reason } => reason.code(),
    }
}

/// Stores all that follows from a new trade.
async fn store(
    tx: &Tx<'_>,
    at: &At,
    proof: &Proof,
    (payee, head): (BaseId, Option<&OrderHead>),
    settlement: Settlement,
) -> Result<()> {
    if !trades::insert(tx, proof, outcome_code(settlement.outcome), at.now).await? {
        return Err(BillingRefusal::Overtaken.into());
    }
    if let (Outcome::Settled { opening }, Some(head)) = (settlement.outcome, head) {
        store_order(tx, at, head, &settlement, opening).await?;
    }
    if let (Some(attempt), Some(head)) = (&settlement.attempt, head) {
        attempts::save_state(tx, head.payer.id(), attempt).await?;
    }
    let payer = head.map(|head| (head.payer.id(), head.region_code.as_str()));
    if let Some(suspense) = &settlement.suspense {
        trades::insert_suspense(tx, suspense, payer, at.now).await?;
    }
    let about = ledger::About { order: head.map(|head| (head.payer.id(), head.id)), trade_no: Some(proof.trade_no()) };
    for entry in &settlement.entries {
        ledger::insert(tx, payee, at.ids.next::<LedgerEntryId>(), entry, about, at.now).await?;
    }
    crate::reactions::follow(tx, at, settlement.facts).await
}

/// The order is paid by this trade alone, its seats are taken by it alone: whatever another transaction has changed
/// since they were read makes this one begin anew.
async fn store_order(
    tx: &Tx<'_>,
    at: &At,
    head: &OrderHead,
    settlement: &Settlement,
    opening: SeatsOpening,
) -> Result<()> {
    let order = settlement.order.as_ref().ok_or_else(|| Error::internal("settled without an order"))?;
    let opened_at = (opening == SeatsOpening::Now).then_some(at.now);
    let (wanted, rest) = (settlement.seats.len() as u64, settlement.seats_not_wanted.len() as u64);
    let alone = orders::save_paid(tx, order, at.now).await?
        && seats::claim(tx, head, at.now).await? == wanted
        && seats::mark_lines(tx, head, opened_at).await? == (wanted, rest);
    if !alone {
        return Err(BillingRefusal::Overtaken.into());
    }
    if opening == SeatsOpening::InChunks {
        outbox::enqueue(tx, at, JobKind::OpenSeats, head.payer.id(), head.id, at.now).await?;
    }
    close_codes(tx, at, &Scope::system("settle"), (head.payer.id(), head.id)).await
}

/// Takes in a notification that lies in the inbox: what a crash or a busy database left there.
pub async fn take_notification(app: &App, id: NotificationId) -> Result<()> {
    let Some(raw) = app.db.read(async move |tx: &Tx<'_>| inbox::pending(tx, id).await).await? else {
        return Ok(());
    };
    let (state, outcome) = match verify(app, &raw) {
        Ok(verified) => match verified.notified {
            Notified::Payment(proof) => {
                let incoming = Incoming { proof, foreign: false, notification: Some(id) };
                return settle(app, incoming).await.map(drop);
            }
            Notified::Foreign { proof, .. } => {
                let incoming = Incoming { proof, foreign: true, notification: Some(id) };
                return settle(app, incoming).await.map(drop);
            }
            Notified::Other => ("done", "not_money".to_owned()),
        },
        Err(error) => {
            tracing::error!(%id, %error, "a notification that verified when it came cannot be read any more");
            ("unreadable", error.to_string())
        }
    };
    let now = app.clock.now();
    app.db.write(async move |tx: &Tx<'_>| inbox::taken(tx, id, state, &outcome, now).await).await
}
