//! A learner's own orders, and what was paid for the learner.

use super::words;
use crate::app::App;
use crate::billing::attempts::begin_attempt;
use crate::billing::orders::{Limits, place_own};
use crate::billing::payable::payments_of_learner;
use crate::billing::payees::{Merchant, channels_of};
use crate::billing::store::lists::PaidSeat;
use crate::billing::store::orders::{self, OrderHead};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::web::forms::{Form, Query};
use crate::web::limits::Rate;
use crate::web::{Caller, Html, LearnerCaller, Page};
use askama::Template;
use axum::extract::State;
use axum::response::Redirect;
use jixue_core::id::OrderId;
use jixue_core::proof::Channel;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use serde::Deserialize;

/// Orders placed by one payer. Whoever orders and cancels all day must not fill the books.
pub(super) const ORDERS: Rate = Rate { purpose: "orders", burst: 30, refill_ms: 60_000 };

/// Orders of one page of a list.
pub(super) const PAGE_ROWS: i64 = 50;

#[derive(Debug, Deserialize)]
pub struct OrderForm {
    year: Year,
    subject: Subject,
}

/// Places the order and asks for a code at once where there is one way to pay: the page then shows what to scan.
pub async fn create(State(app): State<App>, learner: LearnerCaller, Form(form): Form<OrderForm>) -> Result<Redirect> {
    app.limits.take(ORDERS, &learner.learner.raw(), app.clock.now())?;
    let (at, limits, scope) = (app.at(), Limits::of(&app.config), learner.caller.scope.clone());
    let (who, subject) = (learner.learner, (form.year, form.subject));
    let order = app.db.write(async move |tx: &Tx<'_>| place_own(tx, &at, &scope, who, subject, limits).await).await?;
    first_code(&app, &learner.caller, order).await?;
    Ok(Redirect::to(&format!("/orders/{order}")))
}

/// Asks for a code if there is just one way to pay. The page says what a gateway refuses.
pub(super) async fn first_code(app: &App, caller: &Caller, order: OrderId) -> Result<()> {
    let (scope, merchants) = (caller.scope.clone(), Merchant::all(app));
    let channels: Vec<Channel> = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let head = crate::billing::orders::order_of(tx, &scope, order).await?;
            channels_of(tx, &merchants, head.payee).await
        })
        .await?;
    let [channel] = channels[..] else {
        return Ok(());
    };
    match begin_attempt(app, &caller.scope, order, channel).await {
        Err(Error::Refused(_)) => Ok(()),
        outcome => outcome,
    }
}

/// A row of a list of orders.
pub(super) struct OrderRow {
    pub number: OrderId,
    pub item: String,
    pub seats: i64,
    pub amount: String,
    pub placed_at: String,
    pub state: (&'static str, &'static str),
}

pub(super) fn order_row(t: &Texts, head: &OrderHead) -> OrderRow {
    OrderRow {
        number: head.id,
        item: words::item(t, head.year, head.subject),
        seats: head.seats,
        amount: head.amount.to_string(),
        placed_at: head.created_at.china_minutes(),
        state: words::state(t, &head.state),
    }
}

/// A payment for the learner, by whomever.
struct PaymentRow {
    item: String,
    amount: String,
    paid_at: String,
    by: &'static str,
    payee: String,
}

fn payment_row(t: &Texts, seat: &PaidSeat) -> PaymentRow {
    PaymentRow {
        item: words::item(t, seat.year, seat.subject),
        amount: seat.amount.to_string(),
        paid_at: seat.paid_at.china_minutes(),
        by: if seat.by_unit { t.billing_by_unit() } else { t.billing_by_self() },
        payee: t.pick(&seat.payee_name_zh, &seat.payee_name_en).to_owned(),
    }
}

/// The list begins before this order; the newest is first.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    after: Option<OrderId>,
}

impl ListQuery {
    pub(super) fn before(&self) -> OrderId {
        self.after.unwrap_or(OrderId::from_raw(i64::MAX))
    }

    pub(super) fn is_first(&self) -> bool {
        self.after.is_none()
    }
}

/// Where the next page of a list begins, if there is one.
pub(super) fn next_href(path: &str, heads: &[OrderHead]) -> Option<String> {
    let is_full = heads.len() as i64 == PAGE_ROWS;
    heads.last().filter(|_| is_full).map(|last| format!("{path}?after={}", last.id))
}

#[derive(Template)]
#[template(path = "billing/orders.html")]
pub struct OrdersPage {
    page: Page,
    payments: Vec<PaymentRow>,
    orders: Vec<OrderRow>,
    next: Option<String>,
    first: Option<&'static str>,
}

pub async fn index(
    State(app): State<App>,
    learner: LearnerCaller,
    Query(query): Query<ListQuery>,
) -> Result<Html<OrdersPage>> {
    let (scope, who, before) = (learner.caller.scope.clone(), learner.learner, query.before());
    let (heads, seats) = app
        .db
        .read(async move |tx: &Tx<'_>| {
            let heads = orders::of_payer(tx, &scope, who.into(), before, PAGE_ROWS).await?;
            Ok((heads, payments_of_learner(tx, &scope, who).await?))
        })
        .await?;
    let page = Page::of(&app, &learner.caller);
    let t = page.t;
    Ok(Html(OrdersPage {
        payments: seats.iter().filter(|_| query.is_first()).map(|seat| payment_row(&t, seat)).collect(),
        orders: heads.iter().map(|head| order_row(&t, head)).collect(),
        next: next_href("/orders", &heads),
        first: (!query.is_first()).then_some("/orders"),
        page,
    }))
}
