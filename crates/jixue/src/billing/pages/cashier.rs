//! The cashier: one page for every order, whoever pays it.

use super::words;
use crate::app::App;
use crate::billing::attempts::begin_attempt;
use crate::billing::cashier::{Cashier, Standing, cashier, standing_of};
use crate::billing::orders::cancel;
use crate::billing::payees::Merchant;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::web::forms::{Form, Path};
use crate::web::page::encode;
use crate::web::{Caller, Html, Page, problem};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::billing::Payer;
use jixue_core::id::OrderId;
use jixue_core::proof::Channel;
use jixue_core::study::Subject;
use serde::{Deserialize, Serialize};

/// A way to pay, as a choice on the page.
struct Way {
    code: &'static str,
    label: &'static str,
    note: &'static str,
}

#[derive(Template)]
#[template(path = "billing/cashier.html")]
struct CashierPage {
    page: Page,
    problem: Option<String>,
    number: OrderId,
    item: String,
    year: i64,
    subject: Subject,
    seats: i64,
    seat_amount: String,
    amount: String,
    is_unit: bool,
    payer: String,
    unit: Option<String>,
    payee: String,
    receipt: Option<&'static str>,
    ways: Vec<Way>,
    steps: Vec<(&'static str, &'static str)>,
    standing: Standing,
    suspended: Option<String>,
    qr: Option<String>,
    phone_link: Option<String>,
    paid_at: Option<String>,
    opened: i64,
    next: &'static str,
}

/// Where a payer goes on after the money has come.
fn next_of(payer: Payer) -> &'static str {
    match payer {
        Payer::Learner(_) => "/learn?done=order_paid",
        Payer::Unit(_) => "/unit/orders?done=unit_order_paid",
    }
}

pub async fn show(State(app): State<App>, caller: Caller, Path(order): Path<OrderId>) -> Result<Response> {
    page(&app, &caller, order, None).await
}

/// The page, with what has just gone wrong if something has.
async fn page(app: &App, caller: &Caller, order: OrderId, refused: Option<Refused>) -> Result<Response> {
    let (scope, merchants, now) = (caller.scope.clone(), Merchant::all(app), app.clock.now());
    let found = app.db.read(async move |tx: &Tx<'_>| cashier(tx, &scope, order, &merchants, now).await).await?;
    let page = Page::of(app, caller);
    let status = refused.as_ref().map(|refused| problem::status(&Error::Refused(refused.clone())));
    let problem = refused.map(|refused| page.t.code(refused.code, &refused.arguments));
    let html = Html(view(app, page, caller, found, problem));
    Ok(match status {
        Some(status) => (status, html).into_response(),
        None => html.into_response(),
    })
}

fn view(app: &App, page: Page, caller: &Caller, found: Cashier, problem: Option<String>) -> CashierPage {
    let Cashier { head, standing, opened, channels, payee, unit } = found;
    let is_unit = matches!(head.payer, Payer::Unit(_));
    let t = page.t;
    let code = match &standing {
        Standing::Waiting { code, .. } => code.clone(),
        _ => None,
    };
    let phone = app.config.demo_phone_url.as_ref();
    let way = |channel: &Channel| Way {
        code: channel.code(),
        label: words::channel(&t, *channel),
        note: match channel {
            Channel::WechatPay => t.billing_channel_wechat_pay_note(),
        },
    };
    CashierPage {
        problem,
        number: head.id,
        item: words::item(&t, head.year, head.subject),
        year: head.year.0,
        subject: head.subject,
        seats: head.seats,
        seat_amount: jixue_core::money::Fen(head.amount.0 / head.seats.max(1)).to_string(),
        amount: head.amount.to_string(),
        is_unit,
        payer: match (is_unit, &unit) {
            (true, Some(unit)) => unit.clone(),
            _ => caller.name.clone(),
        },
        unit: unit.filter(|_| !is_unit),
        payee: t.pick(&payee.zh, &payee.en).to_owned(),
        receipt: match payee.receipt_kind.as_str() {
            "fiscal_receipt" => Some(t.billing_receipt_fiscal()),
            "invoice" => Some(t.billing_receipt_invoice()),
            _ => None,
        },
        ways: channels.iter().map(way).collect(),
        steps: steps(&t, &standing),
        suspended: match &standing {
            Standing::Suspended { .. } => Some(t.say("payment.suspended")),
            _ => None,
        },
        phone_link: code.as_ref().zip(phone).map(|(code, phone)| format!("{phone}/scan?code_url={}", encode(code))),
        qr: code.and_then(|code| jixue_standards::qr::matrix(&code).ok()).map(|matrix| matrix.svg()),
        paid_at: match &standing {
            Standing::Paid { paid_at } => Some(paid_at.china_minutes()),
            _ => None,
        },
        opened,
        next: next_of(head.payer),
        standing,
        page,
    }
}

/// How far the payer has come; nothing for an order that has ended without money.
fn steps(t: &Texts, standing: &Standing) -> Vec<(&'static str, &'static str)> {
    let (pay, learn) = match standing {
        Standing::Cancelled | Standing::Expired => return Vec::new(),
        Standing::Paid { .. } => ("done", "now"),
        _ => ("now", ""),
    };
    vec![("done", t.billing_step_order()), (pay, t.billing_step_pay()), (learn, t.billing_step_learn())]
}

#[derive(Debug, Deserialize)]
pub struct AttemptForm {
    channel: Channel,
}

pub async fn create_attempt(
    State(app): State<App>,
    caller: Caller,
    Path(order): Path<OrderId>,
    Form(form): Form<AttemptForm>,
) -> Result<Response> {
    match begin_attempt(&app, &caller.scope, order, form.channel).await {
        Ok(()) => Ok(Redirect::to(&format!("/orders/{order}")).into_response()),
        Err(Error::Refused(refused)) => page(&app, &caller, order, Some(refused)).await,
        Err(error) => Err(error),
    }
}

pub async fn close(State(app): State<App>, caller: Caller, Path(order): Path<OrderId>) -> Result<Response> {
    let (at, scope) = (app.at(), caller.scope.clone());
    let outcome = app.db.write(async move |tx: &Tx<'_>| cancel(tx, &at, &scope, order).await).await;
    app.outbox.wake();
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/orders/{order}?done=order_cancelled")).into_response()),
        Err(Error::Refused(refused)) => page(&app, &caller, order, Some(refused)).await,
        Err(error) => Err(error),
    }
}

/// What the cashier's script asks for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OrderStatus {
    /// new, confirming, waiting, suspended, covered, paid, cancelled or expired.
    state: &'static str,
    paid: bool,
    /// When the living code dies, in milliseconds UTC; 0 without one. Another value means another code.
    code_until: i64,
    /// Seconds until the code on the screen is to be replaced; 0 without a living code.
    seconds_left: i64,
    /// Where to go on once it is paid.
    next: &'static str,
}

#[utoipa::path(get, path = "/api/v1/orders/{order}", tag = "orders",
    params(("order" = String, Path, description = "Number of the order")),
    responses((status = 200, body = OrderStatus), (status = 404, description = "Not found, or somebody else's")))]
pub async fn status(State(app): State<App>, caller: Caller, Path(order): Path<OrderId>) -> Result<Json<OrderStatus>> {
    let (scope, now) = (caller.scope.clone(), app.clock.now());
    let (head, standing) = app.db.read(async move |tx: &Tx<'_>| standing_of(tx, &scope, order, now).await).await?;
    Ok(Json(OrderStatus {
        state: standing.code(),
        paid: head.is_paid(),
        code_until: standing.code_until(),
        seconds_left: standing.seconds_left(),
        next: next_of(head.payer),
    }))
}
