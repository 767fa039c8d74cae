//! Asking the gateway where an attempt stands, by a schedule, until it is paid or closed.

use super::settlement::{Incoming, settle};
use crate::app::App;
use crate::at::At;
use crate::billing::attempts::{ask_code, description};
use crate::billing::schedule::next_query;
use crate::billing::store::attempts::{self, StoredAttempt};
use crate::billing::store::orders::{self, OrderHead};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::outbox::{self, JobKind};
use jixue_core::id::{PayerId, PaymentAttemptId};
use jixue_core::proof::{Channel, Proof};
use jixue_core::scope::Scope;
use jixue_gateways::wechat_pay::{TradeState, WechatPay};

/// What the gateway says of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Paid(Proof),
    Unpaid,
    /// It never heard of it.
    Absent,
    Closed,
    /// No answer, or one that must be waited for.
    Silent,
}

/// Asks about an attempt and does what follows. When it is over, or its order wants no more money, it is closed there
/// and asked about once more: money may have been faster than the close.
pub async fn query_payment(app: &App, payer: PayerId, id: PaymentAttemptId) -> Result<()> {
    let found = app.db.read(async move |tx: &Tx<'_>| find(tx, payer, id).await).await?;
    let Some((attempt, head)) = found.filter(|(attempt, _)| attempt.is_open()) else {
        return Ok(());
    };
    let is_over = app.clock.now() >= attempt.expires_at || !head.is_awaiting();
    let seen = match (attempt.attempt.channel, &app.wechat_pay) {
        (Channel::WechatPay, Some(gateway)) => look(gateway, &attempt, is_over).await,
        (Channel::WechatPay, None) => Seen::Silent,
    };
    tracing::debug!(out_trade_no = %attempt.attempt.out_trade_no, ?seen, is_over, "asked the gateway");
    match seen {
        Seen::Paid(proof) => {
            let foreign = proof.merchant() != attempt.attempt.merchant;
            settle(app, Incoming { proof, foreign, notification: None }).await.map(drop)
        }
        Seen::Closed => close(app, &attempt).await,
        // The call that asked for the code was lost on the way there or back: the same is asked again.
        Seen::Unpaid | Seen::Absent => {
            wait_on(app, &attempt, seen == Seen::Unpaid).await?;
            match attempt.code_url {
                Some(_) => Ok(()),
                None => forgive(ask_code(app, &attempt, &description(&head)).await),
            }
        }
        Seen::Silent => wait_on(app, &attempt, false).await,
    }
}

async fn find(tx: &Tx<'_>, payer: PayerId, id: PaymentAttemptId) -> Result<Option<(StoredAttempt, OrderHead)>> {
    let Some(attempt) = attempts::attempt(tx, payer, id).await? else {
        return Ok(None);
    };
    let head = orders::head(tx, &Scope::system("query payments"), payer, attempt.attempt.order).await?;
    Ok(head.map(|head| (attempt, head)))
}

async fn look(gateway: &WechatPay, attempt: &StoredAttempt, is_over: bool) -> Seen {
    let number = attempt.attempt.out_trade_no.as_str();
    let seen = ask(gateway, number).await;
    if !is_over || !matches!(seen, Seen::Unpaid | Seen::Absent) {
        return seen;
    }
    match gateway.close(number).await {
        // The last question: what the gateway took before it closed.
        Ok(()) => match ask(gateway, number).await {
            Seen::Unpaid | Seen::Absent => Seen::Closed,
            other => other,
        },
        // The money was faster and may not be visible yet.
        Err(error) if error.is_order_paid() => match ask(gateway, number).await {
            Seen::Paid(proof) => Seen::Paid(proof),
            _ => Seen::Silent,
        },
        Err(error) if error.is_order_closed() || error.is_order_absent() => Seen::Closed,
        Err(_) => Seen::Silent,
    }
}

async fn ask(gateway: &WechatPay, number: &str) -> Seen {
    match gateway.query(number).await {
        Ok(order) => match (order.proof, order.state) {
            (Some(proof), _) => Seen::Paid(proof),
            (None, TradeState::Closed | TradeState::Revoked | TradeState::PayError) => Seen::Closed,
            (None, TradeState::NotPay | TradeState::UserPaying) => Seen::Unpaid,
            (None, TradeState::Success | TradeState::Refund) => Seen::Silent,
        },
        Err(error) if error.is_order_absent() => Seen::Absent,
        Err(_) => Seen::Silent,
    }
}

async fn close(app: &App, of: &StoredAttempt) -> Result<()> {
    let (now, payer, attempt) = (app.clock.now(), of.payer, of.attempt.clone());
    app.db
        .write(async move |tx: &Tx<'_>| {
            let closed = attempt.clone().close(now)?;
            attempts::save_state(tx, payer, &closed).await
        })
        .await
}

/// Plans the next question; `is_known` when the gateway said that it waits for the payer.
async fn wait_on(app: &App, attempt: &StoredAttempt, is_known: bool) -> Result<()> {
    let (at, attempt) = (app.at(), attempt.clone());
    app.db.write(async move |tx: &Tx<'_>| plan(tx, &at, &attempt, is_known).await).await
}

async fn plan(tx: &Tx<'_>, at: &At, of: &StoredAttempt, is_known: bool) -> Result<()> {
    let mut of = of.clone();
    if is_known && of.is_unknown() {
        of.attempt = of.attempt.wait(of.expires_at)?;
        attempts::save_state(tx, of.payer, &of.attempt).await?;
    }
    let next = next_query(of.questions_from(), of.expires_at, at.now);
    attempts::query_next(tx, &of, next).await?;
    outbox::enqueue(tx, at, JobKind::QueryPayment, of.payer, of.attempt.id, next).await
}

/// A gateway's no to a repeated question is stored with the attempt; the job itself is done.
fn forgive(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(Error::Refused(_)) => Ok(()),
        other => other,
    }
}
