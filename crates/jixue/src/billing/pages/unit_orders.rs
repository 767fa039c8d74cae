//! A clerk's orders: the list, the confirmation before one is placed.

use super::own_orders::{ListQuery, ORDERS, OrderRow, PAGE_ROWS, first_code, next_href, order_row};
use super::words;
use crate::app::App;
use crate::billing::orders::Limits;
use crate::billing::store::orders;
use crate::billing::unit_orders::{Choice, Placed, check_choice, place_for_unit};
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::i18n::Texts;
use crate::keys::{hex, random};
use crate::web::forms::{Query, field, fields};
use crate::web::{ClerkCaller, Html, Page};
use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jixue_core::billing::OrderRefusal;
use jixue_core::billing::order::ORDER_SEATS_MAX;
use jixue_core::id::LearnerId;
use jixue_core::refusal::Kind;
use jixue_core::study::Subject;
use jixue_core::time::Year;

/// How many who are left out are named; the others are counted.
const EXCEPTIONS_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "billing/unit_orders.html")]
pub struct UnitOrdersPage {
    page: Page,
    orders: Vec<OrderRow>,
    next: Option<String>,
    first: Option<&'static str>,
}

pub async fn index(
    State(app): State<App>,
    clerk: ClerkCaller,
    Query(query): Query<ListQuery>,
) -> Result<Html<UnitOrdersPage>> {
    let (scope, unit, before) = (clerk.caller.scope.clone(), clerk.unit, query.before());
    let heads = app
        .db
        .read(async move |tx: &Tx<'_>| orders::of_payer(tx, &scope, unit.into(), before, PAGE_ROWS).await)
        .await?;
    let page = Page::of(&app, &clerk.caller);
    let t = page.t;
    Ok(Html(UnitOrdersPage {
        orders: heads.iter().map(|head| order_row(&t, head)).collect(),
        next: next_href("/unit/orders", &heads),
        first: (!query.is_first()).then_some("/unit/orders"),
        page,
    }))
}

/// What a clerk sends: whom to pay for, and, once confirmed, the key of the confirmation.
struct Wish {
    subject: (Year, Subject),
    learners: Vec<LearnerId>,
    request_key: Option<String>,
}

fn wish(body: &[u8]) -> Result<Wish> {
    let unreadable = || Refused::new("request.unreadable", Kind::Invalid);
    // The reader of repeated fields stops at its bound; a list that was cut must not pass for the whole.
    let marks = body.windows(8).filter(|window| *window == b"learner=").count();
    if marks > ORDER_SEATS_MAX {
        return Err(OrderRefusal::TooManySeats { seats: marks }.into());
    }
    let learners = fields(body, "learner").iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>();
    let year = field(body, "year").and_then(|year| year.parse().ok()).ok_or_else(unreadable)?;
    let subject = field(body, "subject").and_then(|code| Subject::from_code(&code)).ok_or_else(unreadable)?;
    Ok(Wish {
        subject: (Year(year), subject),
        learners: learners.map_err(|_| unreadable())?,
        request_key: field(body, "request_key").filter(|key| (16..=64).contains(&key.len())),
    })
}

/// First shows what it comes to and who is left out; confirmed, places the order.
pub async fn create(State(app): State<App>, clerk: ClerkCaller, body: Bytes) -> Result<Response> {
    let Wish { subject, learners, request_key } = wish(&body)?;
    let (at, scope, unit, limits) = (app.at(), clerk.caller.scope.clone(), clerk.unit, Limits::of(&app.config));
    let Some(key) = request_key else {
        let looked = async move |tx: &Tx<'_>| check_choice(tx, &at, &scope, unit, subject, &learners).await;
        let choice = app.db.read(looked).await?;
        return Ok(Html(confirmation(&app, &clerk, subject, choice)).into_response());
    };
    app.limits.take(ORDERS, &unit.raw(), app.clock.now())?;
    let placed = app
        .db
        .write_bulk(async move |tx: &Tx<'_>| {
            place_for_unit(tx, &at, &scope, unit, subject, (&learners, &key), limits).await
        })
        .await?;
    match placed {
        Placed::Changed(choice) => {
            let shown = confirmation(&app, &clerk, subject, choice);
            Ok(Html(ConfirmationPage { has_changed: true, ..shown }).into_response())
        }
        Placed::Order(order) => {
            first_code(&app, &clerk.caller, order).await?;
            Ok(Redirect::to(&format!("/orders/{order}")).into_response())
        }
    }
}

/// Shows what an order for everybody comes to whom a filter found, before anything is ordered.
///
/// # Errors
/// Nobody was found, or more than an order holds; the subject is not offered.
pub async fn confirm_found(
    app: &App,
    clerk: &ClerkCaller,
    subject: (Year, Subject),
    learners: Vec<LearnerId>,
) -> Result<Response> {
    let (at, scope, unit, found) = (app.at(), clerk.caller.scope.clone(), clerk.unit, learners.len());
    let looked = async move |tx: &Tx<'_>| check_choice(tx, &at, &scope, unit, subject, &learners).await;
    let shown = confirmation(app, clerk, subject, app.db.read(looked).await?);
    Ok(Html(ConfirmationPage { found: Some(found), ..shown }).into_response())
}

/// Somebody who is left out.
struct ExceptionRow {
    name: String,
    department: String,
    reason: &'static str,
}

#[derive(Template)]
#[template(path = "billing/unit_order_confirmation.html")]
struct ConfirmationPage {
    page: Page,
    item: String,
    year: i64,
    subject: &'static str,
    request_key: String,
    learners: Vec<LearnerId>,
    names: Vec<String>,
    seat_amount: String,
    amount: String,
    exceptions: Vec<ExceptionRow>,
    exceptions_more: usize,
    strangers: usize,
    /// How many a filter found, when the whole of it was chosen.
    found: Option<usize>,
    has_changed: bool,
}

fn reason(t: &Texts, code: &str) -> &'static str {
    match code {
        "paid" => t.billing_left_out_paid(),
        "unit_order" => t.billing_left_out_unit_order(),
        _ => t.billing_left_out_own_order(),
    }
}

fn confirmation(app: &App, clerk: &ClerkCaller, (year, subject): (Year, Subject), choice: Choice) -> ConfirmationPage {
    let page = Page::of(app, &clerk.caller);
    let t = page.t;
    let exceptions_more = choice.exceptions.len().saturating_sub(EXCEPTIONS_SHOWN);
    let row = |exception: crate::billing::unit_orders::Exception| ExceptionRow {
        reason: reason(&t, &exception.reason),
        name: exception.name,
        department: exception.department,
    };
    ConfirmationPage {
        item: words::item(&t, year, subject),
        year: year.0,
        subject: subject.code(),
        request_key: hex(&random::<16>()),
        learners: choice.wanted,
        names: choice.names,
        seat_amount: choice.seat_amount.to_string(),
        amount: choice.amount.to_string(),
        exceptions: choice.exceptions.into_iter().take(EXCEPTIONS_SHOWN).map(row).collect(),
        exceptions_more,
        strangers: choice.strangers,
        found: None,
        has_changed: false,
        page,
    }
}
