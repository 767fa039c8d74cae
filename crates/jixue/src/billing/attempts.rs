//! Attempts: on record before the gateway hears of them, one open at a time, a living code of minutes.

use super::BillingRefusal;
use super::jobs::query_payment;
use super::orders::{Limits, order_of, payer_of, whole};
use super::payees::{Merchant, payee_of};
use super::schedule::next_query;
use super::store::attempts::{self, StoredAttempt};
use super::store::orders::OrderHead;
use super::store::seats;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::{Locale, Texts};
use crate::keys::random;
use crate::outbox::{self, JobKind};
use crate::web::limits::Rate;
use jixue_core::billing::attempt::ATTEMPT_LIFETIME_SECONDS;
use jixue_core::billing::{OrderRefusal, OutTradeNo, Payer, PaymentAttempt, PaymentRefusal};
use jixue_core::id::OrderId;
use jixue_core::proof::Channel;
use jixue_core::scope::Scope;
use jixue_core::study::Subject;
use jixue_core::time::Timestamp;
use jixue_gateways::wechat_pay::{GatewayError, NativeOrder};

/// How many attempts an order may have.
const ATTEMPTS_MAX: usize = 20;

/// Codes asked for by one payer. Whoever orders and cancels all day must not use up what the gateway grants to all.
const CODES: Rate = Rate { purpose: "payment codes", burst: 40, refill_ms: 15_000 };

/// For so long one asks for a code alone: longer than a gateway may take to answer.
const ASKING_MS: i64 = 12_000;

/// Gets the payer of `scope` a living code for an order. Asked again while a code lives it changes nothing; when the
/// code is old the gateway gives a fresh one for the same attempt and the old one dies.
///
/// # Errors
/// The order takes no money, the channel is not offered, or the gateway says no. An outcome that nobody knows is no
/// error: the attempt is then unknown, and asked for.
pub async fn begin_attempt(app: &App, scope: &Scope, order: OrderId, channel: Channel) -> Result<()> {
    let payer = payer_of(scope).ok_or_else(Refused::not_found)?;
    app.limits.take(CODES, &payer.id(), app.clock.now())?;
    let (attempt, words) = on_record(app, scope, order, channel).await?;
    if app.clock.now() < attempt.expires_at {
        return ask_unless_living(app, &attempt, &words).await;
    }
    // Its time is over: it is closed at the gateway before another is begun, so that only one can be paid.
    query_payment(app, attempt.payer, attempt.attempt.id).await?;
    let (attempt, words) = on_record(app, scope, order, channel).await?;
    match app.clock.now() < attempt.expires_at {
        true => ask_unless_living(app, &attempt, &words).await,
        false => Err(BillingRefusal::GatewayBusy.into()),
    }
}

async fn ask_unless_living(app: &App, attempt: &StoredAttempt, words: &str) -> Result<()> {
    match attempt.living_code(app.clock.now()) {
        Some(_) => Ok(()),
        None => ask_code(app, attempt, words).await,
    }
}

/// The open attempt of an order, begun if there is none, and what the payer is to read on the phone.
async fn on_record(app: &App, scope: &Scope, order: OrderId, channel: Channel) -> Result<(StoredAttempt, String)> {
    let merchant = Merchant::of(app, channel).ok_or(BillingRefusal::ChannelNotOffered)?;
    for _ in 0..3 {
        let (at, scope, merchant, chance) = (app.at(), scope.clone(), merchant.clone(), random::<10>());
        let found = app
            .db
            .write(async move |tx: &Tx<'_>| find_or_begin(tx, &at, &scope, order, (&merchant, chance)).await)
            .await;
        match found {
            // Another tap began one at the same instant: find that one.
            Err(error) if error.code() == Some("billing.overtaken") => {}
            found => {
                app.outbox.wake();
                return found;
            }
        }
    }
    Err(BillingRefusal::GatewayBusy.into())
}

async fn find_or_begin(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    order: OrderId,
    (merchant, chance): (&Merchant, [u8; 10]),
) -> Result<(StoredAttempt, String)> {
    let head = order_of(tx, scope, order).await?;
    let words = description(&head);
    let attempt = match open_attempt(tx, at, scope, &head, merchant).await? {
        Some(open) => open,
        None => begin(tx, at, head, merchant, chance).await?,
    };
    Ok((attempt, words))
}

/// The open attempt if there is one; refuses when no money is wanted.
async fn open_attempt(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    head: &OrderHead,
    merchant: &Merchant,
) -> Result<Option<StoredAttempt>> {
    if payee_of(tx, merchant).await?.base != head.payee {
        return Err(BillingRefusal::ChannelNotOffered.into());
    }
    if head.is_awaiting() && head.expires_at <= at.now {
        return Err(OrderRefusal::Expired.into());
    }
    let covered = seats::covered(tx, head).await?;
    if head.is_awaiting() && !covered.is_empty() {
        return Err(OrderRefusal::LearnerAlreadyCovered { learners: covered.len() }.into());
    }
    let payer = payer_of(scope).ok_or_else(Refused::not_found)?;
    let earlier = attempts::of_order(tx, scope, payer.id(), head.id).await?;
    if earlier.iter().any(|attempt| attempt.attempt.state.code() == "suspended") {
        return Err(PaymentRefusal::Suspended.into());
    }
    if earlier.len() >= ATTEMPTS_MAX {
        return Err(BillingRefusal::TooManyAttempts.into());
    }
    let of_channel = |attempt: &StoredAttempt| attempt.attempt.channel == merchant.channel && attempt.is_open();
    Ok(earlier.into_iter().find(of_channel).filter(|_| head.is_awaiting()))
}

async fn begin(tx: &Tx<'_>, at: &At, head: OrderHead, merchant: &Merchant, chance: [u8; 10]) -> Result<StoredAttempt> {
    let order = whole(tx, head).await?;
    let number = OutTradeNo::compose(at.now, chance);
    let account = merchant.number.as_str();
    let attempt = PaymentAttempt::begin(at.ids.next(), &order, merchant.channel, account, number, at.now)?;
    let expires_at = at.now.plus_seconds(ATTEMPT_LIFETIME_SECONDS);
    let begun = StoredAttempt {
        payer: order.payer.id(),
        created_at: at.now,
        expires_at,
        code_url: None,
        code_expires_at: None,
        asked_at: None,
        next_query_at: next_query(at.now, expires_at, at.now),
        attempt,
    };
    if !attempts::insert(tx, &begun).await? {
        return Err(BillingRefusal::Overtaken.into());
    }
    let job = JobKind::QueryPayment;
    outbox::enqueue(tx, at, job, begun.payer, begun.attempt.id, begun.next_query_at).await?;
    Ok(begun)
}

/// What the payer reads on the phone. One language and nothing that may change meanwhile, since an attempt that is
/// asked for again must be told in the same words.
pub(super) fn description(head: &OrderHead) -> String {
    let texts = Texts::of(Locale::ZhCn);
    let subject = match head.subject {
        Subject::Public => texts.billing_subject_public(),
        Subject::Professional => texts.billing_subject_professional(),
    };
    match head.payer {
        Payer::Learner(_) => texts.billing_description(head.year, subject),
        Payer::Unit(_) => texts.billing_description_unit(head.year, subject, head.seats),
    }
}

/// Asks the gateway for a code of an attempt that is on record, alone; `words` are what the payer reads.
pub(super) async fn ask_code(app: &App, attempt: &StoredAttempt, words: &str) -> Result<()> {
    let gateway = match attempt.attempt.channel {
        Channel::WechatPay => app.wechat_pay.as_ref().ok_or(BillingRefusal::ChannelNotOffered)?,
    };
    let (now, claimed) = (app.clock.now(), attempt.clone());
    let on_us = async move |tx: &Tx<'_>| attempts::claim_asking(tx, &claimed, now, now.plus_ms(-ASKING_MS)).await;
    if !app.db.write(on_us).await? {
        return Ok(());
    }
    let order = NativeOrder {
        out_trade_no: attempt.attempt.out_trade_no.as_str(),
        description: words,
        amount: attempt.attempt.amount,
        expires_at: attempt.expires_at,
    };
    let answer = match gateway.create_native(&order).await {
        // An older code of this attempt may be alive there: no other may be shown before it is dead.
        Err(error) if is_final(&error) && attempt.code_url.is_some() => {
            gateway.close(order.out_trade_no).await.map_or_else(Err, |()| Err(error))
        }
        answer => answer,
    };
    let refused = note_answer(app, attempt, answer).await?;
    refused.map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// The gateway understood, did nothing, and would say the same again.
fn is_final(error: &GatewayError) -> bool {
    !(error.is_rate_limited() || error.is_order_paid() || error.is_unknown())
}

/// Stores what the gateway said to a request for a code; the refusal to tell, if it is one.
async fn note_answer(
    app: &App,
    attempt: &StoredAttempt,
    answer: Result<String, GatewayError>,
) -> Result<Option<BillingRefusal>> {
    let (at, attempt) = (app.at(), attempt.clone());
    let until = code_end(at.now, &attempt, Limits::of(&app.config));
    let refusal = match &answer {
        Err(error) if error.is_rate_limited() => Some(BillingRefusal::GatewayBusy),
        Err(error) if is_final(error) => Some(BillingRefusal::GatewayRefused),
        Err(_) | Ok(_) => None,
    };
    app.db
        .write(async move |tx: &Tx<'_>| match &answer {
            Ok(code) => attempts::save_code(tx, &attempt, code, until).await,
            Err(error) => note_failure(tx, &at, &attempt, error).await,
        })
        .await?;
    app.outbox.wake();
    Ok(refusal)
}

async fn note_failure(tx: &Tx<'_>, at: &At, of: &StoredAttempt, error: &GatewayError) -> Result<()> {
    attempts::drop_code(tx, of).await?;
    if error.is_rate_limited() {
        // Nothing happened there; the attempt may be asked for again.
        return Ok(());
    }
    let uncertain = error.is_unknown() || error.is_order_paid();
    let attempt = of.attempt.clone();
    let changed = if uncertain { attempt.lose_sight(at.now) } else { attempt.close(at.now) }?;
    attempts::save_state(tx, of.payer, &changed).await?;
    // Money that was faster is fetched at once; an unknown outcome a moment later, when the gateway has settled it.
    let lost_at = StoredAttempt { attempt: changed, ..of.clone() }.questions_from();
    let run_at = if error.is_order_paid() { at.now } else { next_query(lost_at, of.expires_at, at.now) };
    attempts::query_next(tx, of, run_at).await?;
    outbox::enqueue(tx, at, JobKind::QueryPayment, of.payer, of.attempt.id, run_at).await
}

/// A code is shown for some minutes and not beyond the attempt.
fn code_end(now: Timestamp, attempt: &StoredAttempt, limits: Limits) -> Timestamp {
    now.plus_seconds(limits.payment_code_minutes * 60).min(attempt.expires_at)
}
