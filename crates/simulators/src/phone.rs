//! The simulated phone: text messages, and the app that scans a code and pays.

use crate::clock;
use crate::test_routes::pay_order;
use crate::wechat_pay::orders::{Order, OrderKey};
use crate::world::{World, locked};
use askama::Template;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jixue_standards::acs3_sign::percent_encoded;
use serde::Deserialize;
use std::sync::Arc;

/// How many messages and orders a page lists.
const LIST_MAX: usize = 50;

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/phone", get(inbox))
        .route("/phone/scan", get(scan))
        .route("/phone/payments", post(pay))
        .route("/phone/payment", get(paid))
}

/// Where the phone shows what is behind `code_url`.
pub fn scan_url(base_url: &str, code_url: &str) -> String {
    format!("{base_url}/phone/scan?code_url={}", percent_encoded(code_url))
}

/// `zh` unless the reader asks for English by `?lang=en` or by the browser.
struct Reader {
    zh: bool,
}

impl Reader {
    fn of(asked: Option<&str>, headers: &HeaderMap) -> Self {
        let browser = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self { zh: !asked.or(browser).is_some_and(|language| language.starts_with("en")) }
    }

    fn lang(&self) -> &'static str {
        if self.zh { "zh" } else { "en" }
    }
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    reader: Reader,
    phone: String,
    messages: Vec<MessageRow>,
}

struct MessageRow {
    phone: String,
    sign_name: String,
    text: String,
    at: String,
    is_call: bool,
}

#[derive(Template)]
#[template(path = "scan.html")]
struct ScanPage {
    reader: Reader,
    /// A code was given and nothing payable is behind it.
    dead: bool,
    orders: Vec<OrderRow>,
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage {
    reader: Reader,
    order: OrderRow,
}

#[derive(Template)]
#[template(path = "paid.html")]
struct PaidPage {
    reader: Reader,
    order: OrderRow,
}

/// An order as the payer sees it.
struct OrderRow {
    code_url: String,
    mchid: String,
    out_trade_no: String,
    merchant: String,
    description: String,
    yuan: String,
    is_payable: bool,
    is_paid: bool,
    at: String,
    transaction_id: String,
}

impl OrderRow {
    fn of(world: &World, order: &Order) -> Self {
        let terms = &order.terms;
        let merchant = world.gateway.merchant(&terms.mchid);
        let paid = order.payment.as_ref();
        let fen = paid.map_or(terms.total_fen, |payment| payment.payer_total_fen);
        Self {
            code_url: order.code.clone(),
            mchid: terms.mchid.clone(),
            out_trade_no: terms.out_trade_no.clone(),
            merchant: merchant.map_or_else(|| terms.mchid.clone(), |merchant| merchant.name.clone()),
            description: terms.description.clone(),
            yuan: yuan(fen),
            is_payable: order.is_payable(world.now_ms()),
            is_paid: order.payment.is_some(),
            at: clock::minutes_china(paid.map_or(order.placed_at_ms, |payment| payment.paid_at_ms)),
            transaction_id: paid.map(|payment| payment.transaction_id.clone()).unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
struct InboxQuery {
    phone: Option<String>,
    lang: Option<String>,
}

async fn inbox(State(world): State<Arc<World>>, headers: HeaderMap, Query(asked): Query<InboxQuery>) -> Response {
    let phone = asked.phone.unwrap_or_default().trim().to_owned();
    let filter = (!phone.is_empty()).then_some(phone.as_str());
    let messages = world.operator.inbox(filter).into_iter().take(LIST_MAX);
    let messages = messages
        .map(|message| MessageRow {
            phone: message.phone,
            sign_name: message.sign_name,
            text: message.text,
            at: clock::minutes_china(message.sent_at_ms),
            is_call: message.is_call,
        })
        .collect();
    page(&InboxPage { reader: Reader::of(asked.lang.as_deref(), &headers), phone, messages })
}

#[derive(Deserialize)]
struct ScanQuery {
    code_url: Option<String>,
    lang: Option<String>,
}

async fn scan(State(world): State<Arc<World>>, headers: HeaderMap, Query(asked): Query<ScanQuery>) -> Response {
    let reader = Reader::of(asked.lang.as_deref(), &headers);
    let code = asked.code_url.unwrap_or_default();
    let orders = locked(&world.gateway.orders);
    if let Some(order) = orders.by_code(code.trim()) {
        let order = OrderRow::of(&world, order);
        return page(&PayPage { reader, order });
    }
    let payable = orders.payable(world.now_ms(), LIST_MAX);
    let orders = payable.iter().map(|order| OrderRow::of(&world, order)).collect();
    page(&ScanPage { reader, dead: !code.trim().is_empty(), orders })
}

#[derive(Deserialize)]
struct PayForm {
    code_url: String,
    lang: Option<String>,
}

/// The button. What follows is told by the page behind the redirect, so that a reload pays nothing.
async fn pay(State(world): State<Arc<World>>, Form(form): Form<PayForm>) -> Response {
    let lang = form.lang.as_deref().unwrap_or("zh");
    let key = {
        let orders = locked(&world.gateway.orders);
        let order = orders.by_code(form.code_url.trim());
        order.map(|order| (order.terms.mchid.clone(), order.terms.out_trade_no.clone()))
    };
    let Some(key) = key else {
        let scan = scan_url("", &form.code_url);
        return Redirect::to(&format!("{scan}&lang={}", percent_encoded(lang))).into_response();
    };
    // A refusal shows in the order's own state on the next page.
    let _ = pay_order(&world, &key);
    let place = format!(
        "/phone/payment?mchid={}&out_trade_no={}&lang={}",
        percent_encoded(&key.0),
        percent_encoded(&key.1),
        percent_encoded(lang)
    );
    Redirect::to(&place).into_response()
}

#[derive(Deserialize)]
struct PaidQuery {
    mchid: String,
    out_trade_no: String,
    lang: Option<String>,
}

async fn paid(State(world): State<Arc<World>>, headers: HeaderMap, Query(asked): Query<PaidQuery>) -> Response {
    let reader = Reader::of(asked.lang.as_deref(), &headers);
    let key: OrderKey = (asked.mchid, asked.out_trade_no);
    let orders = locked(&world.gateway.orders);
    let Some(order) = orders.get(&key) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let order = OrderRow::of(&world, order);
    page(&PaidPage { reader, order })
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the simulated phone");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `1,234.50`.
fn yuan(fen: i64) -> String {
    let whole = (fen / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{:02}", fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payers_see_grouped_yuan() {
        let shown = [1, 4_000, 504_000, 123_456_789].map(yuan);
        assert_eq!(shown, ["0.01", "40.00", "5,040.00", "1,234,567.89"]);
    }
}
