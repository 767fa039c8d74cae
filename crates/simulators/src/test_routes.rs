//! What tests and demonstrations turn and look at over HTTP, in place of a person with a phone.

use crate::faults::Faults;
use crate::wechat_pay::notify;
use crate::wechat_pay::orders::{OrderKey, OrderRefusal};
use crate::world::{World, locked};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/test/faults", put(set_faults).get(show_faults).delete(clear_faults))
        .route("/test/pay", post(pay))
        .route("/test/notifications", get(notifications))
        .route("/test/sms", get(sms))
}

async fn set_faults(State(world): State<Arc<World>>, Json(faults): Json<Faults>) -> Json<Faults> {
    *locked(&world.faults) = faults;
    Json(world.faults())
}

async fn show_faults(State(world): State<Arc<World>>) -> Json<Faults> {
    Json(world.faults())
}

async fn clear_faults(State(world): State<Arc<World>>) -> StatusCode {
    *locked(&world.faults) = Faults::default();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Numbered {
    out_trade_no: String,
    mchid: Option<String>,
}

async fn pay(State(world): State<Arc<World>>, Json(order): Json<Numbered>) -> Response {
    let key = world.gateway.key_of(&order.out_trade_no, order.mchid.as_deref());
    match key.ok_or(OrderRefusal::Absent).and_then(|key| pay_order(&world, &key)) {
        Ok(transaction_id) => Json(json!({ "transaction_id": transaction_id })).into_response(),
        Err(refusal) => {
            let status = match refusal {
                OrderRefusal::Absent => StatusCode::NOT_FOUND,
                _ => StatusCode::CONFLICT,
            };
            (status, Json(json!({ "refusal": format!("{refusal:?}") }))).into_response()
        }
    }
}

/// The payer presses the button; the notification goes out by itself. Returns the gateway's number of the trade.
pub fn pay_order(world: &Arc<World>, key: &OrderKey) -> Result<String, OrderRefusal> {
    let order = world.gateway.pay(key, &world.faults(), world.now_ms())?;
    let transaction_id = order.payment.as_ref().map(|payment| payment.transaction_id.clone());
    drop(notify::dispatch(world, order));
    transaction_id.ok_or(OrderRefusal::Absent)
}

async fn notifications(State(world): State<Arc<World>>, Query(asked): Query<Numbered>) -> Response {
    let sent = locked(&world.gateway.sent);
    let told: Vec<_> = sent
        .iter()
        .rev()
        .filter(|entry| entry.out_trade_no == asked.out_trade_no)
        .filter(|entry| asked.mchid.as_ref().is_none_or(|mchid| entry.mchid == *mchid))
        .map(notify::SentNotification::to_json)
        .collect();
    Json(json!({ "notifications": told })).into_response()
}

#[derive(Deserialize)]
struct Phone {
    phone: Option<String>,
}

async fn sms(State(world): State<Arc<World>>, Query(asked): Query<Phone>) -> Response {
    let messages = world.operator.inbox(asked.phone.as_deref());
    Json(json!({ "messages": messages })).into_response()
}
