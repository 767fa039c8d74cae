//! The gateway's HTTP side: order, query, close, each answer signed.

use super::gateway::{Merchant, SignedRequest};
use super::notify;
use super::orders::{OrderKey, Terms};
use super::refusals::{self, WireRefusal};
use crate::clock;
use crate::keys;
use crate::world::{World, locked};
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, http::header::CONTENT_TYPE};
use jixue_standards::wechat_sign::{answer_message, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/v3/pay/transactions/native", post(create))
        .route("/v3/pay/transactions/out-trade-no/{out_trade_no}", get(query))
        .route("/v3/pay/transactions/out-trade-no/{out_trade_no}/close", post(close))
}

#[derive(FromRequest)]
struct Incoming {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Incoming {
    fn signer(&self, world: &World) -> Result<Arc<Merchant>, WireRefusal> {
        let request = SignedRequest {
            method: self.method.as_str(),
            path_and_query: self.uri.path_and_query().map_or("/", |target| target.as_str()),
            headers: &self.headers,
            body: &self.body,
        };
        world.gateway.authorized(&request, world.now_ms())
    }
}

async fn create(State(world): State<Arc<World>>, incoming: Incoming) -> Response {
    let outcome = place(&world, &incoming).await;
    reply(&world, &incoming.headers, outcome.map(Some))
}

async fn query(
    State(world): State<Arc<World>>,
    Path(out_trade_no): Path<String>,
    Query(asked): Query<MerchantNumber>,
    incoming: Incoming,
) -> Response {
    let outcome = look_up(&world, &incoming, (asked.mchid, out_trade_no));
    reply(&world, &incoming.headers, outcome.map(Some))
}

async fn close(State(world): State<Arc<World>>, Path(out_trade_no): Path<String>, incoming: Incoming) -> Response {
    let outcome = shut(&world, &incoming, out_trade_no);
    reply(&world, &incoming.headers, outcome.map(|()| None))
}

#[derive(Deserialize)]
struct MerchantNumber {
    mchid: String,
}

#[derive(Deserialize)]
struct NativeBody {
    appid: String,
    mchid: String,
    description: String,
    out_trade_no: String,
    notify_url: String,
    attach: Option<String>,
    time_expire: Option<String>,
    amount: AmountBody,
}

#[derive(Deserialize)]
struct AmountBody {
    total: i64,
    #[serde(default = "renminbi")]
    currency: String,
}

fn renminbi() -> String {
    "CNY".to_owned()
}

async fn place(world: &Arc<World>, incoming: &Incoming) -> Result<Value, WireRefusal> {
    let merchant = incoming.signer(world)?;
    let faults = world.faults();
    let failure = faults.create_status.map(failure_of);
    if let Some(failure) = failure
        && !faults.create_stored_despite_error
    {
        return Err(failure);
    }
    let terms = terms(&incoming.body, &merchant)?;
    let key = (terms.mchid.clone(), terms.out_trade_no.clone());
    let code = format!("weixin://wxpay/bizpayurl?pr={}zz", keys::random_hex(5));
    locked(&world.gateway.orders).place(terms, &code, world.now_ms()).map_err(refusals::of_order)?;
    if faults.notify_before_answer
        && let Ok(order) = world.gateway.pay(&key, &faults, world.now_ms())
    {
        // The receiver resolves after the first sending; a stopped simulator drops it, which is as good here.
        let _ = notify::dispatch(world, order).await;
    }
    if faults.create_answer_delay_ms > 0 {
        world.sleep_ms(faults.create_answer_delay_ms).await;
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(json!({ "code_url": code })),
    }
}

fn failure_of(status: u16) -> WireRefusal {
    match status {
        429 => refusals::RATE,
        _ => WireRefusal { status, ..refusals::SYSTEM },
    }
}

/// Reads and checks an order's body by the documented bounds of its fields.
fn terms(body: &[u8], merchant: &Merchant) -> Result<Terms, WireRefusal> {
    let body: NativeBody = serde_json::from_slice(body).map_err(|_| refusals::PARAMETER)?;
    if body.mchid != merchant.mchid || body.appid != merchant.appid {
        return Err(refusals::ACCOUNTS);
    }
    let expires_at_ms = match &body.time_expire {
        Some(text) => Some(clock::from_rfc3339(text).ok_or(refusals::PARAMETER)?),
        None => None,
    };
    let number_fits = (6..=32).contains(&body.out_trade_no.len())
        && body.out_trade_no.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-|*".contains(&byte));
    let description_fits = (1..=127).contains(&body.description.chars().count());
    let address_fits = body.notify_url.starts_with("http") && !body.notify_url.contains('?');
    if !number_fits || !description_fits || !address_fits || body.amount.total < 1 {
        return Err(refusals::PARAMETER);
    }
    Ok(Terms {
        appid: body.appid,
        mchid: body.mchid,
        out_trade_no: body.out_trade_no,
        description: body.description,
        attach: body.attach,
        notify_url: body.notify_url,
        total_fen: body.amount.total,
        currency: body.amount.currency,
        expires_at_ms,
    })
}

fn look_up(world: &World, incoming: &Incoming, key: OrderKey) -> Result<Value, WireRefusal> {
    let merchant = incoming.signer(world)?;
    if merchant.mchid != key.0 {
        return Err(refusals::ACCOUNTS);
    }
    let lag_ms = {
        let mut faults = locked(&world.faults);
        if faults.query_failures > 0 {
            faults.query_failures -= 1;
            return Err(refusals::SYSTEM);
        }
        faults.query_lag_ms
    };
    let orders = locked(&world.gateway.orders);
    let order = orders.get(&key).ok_or_else(|| refusals::of_order(super::orders::OrderRefusal::Absent))?;
    let mut order = order.clone();
    let now_ms = world.now_ms();
    order.payment.take_if(|payment| now_ms - payment.paid_at_ms < lag_ms);
    Ok(notify::transaction(&order))
}

fn shut(world: &World, incoming: &Incoming, out_trade_no: String) -> Result<(), WireRefusal> {
    let merchant = incoming.signer(world)?;
    let body: MerchantNumber = serde_json::from_slice(&incoming.body).map_err(|_| refusals::PARAMETER)?;
    if body.mchid != merchant.mchid {
        return Err(refusals::ACCOUNTS);
    }
    locked(&world.gateway.orders).close(&(body.mchid, out_trade_no)).map_err(refusals::of_order)
}

/// Signs an answer with the key that the request's own serial asks for: the certificate's, or else the public key's.
fn reply(world: &World, asked: &HeaderMap, outcome: Result<Option<Value>, WireRefusal>) -> Response {
    let (status, number, body) = match outcome {
        Ok(Some(value)) => (200, 0, value.to_string()),
        Ok(None) => (204, 0, String::new()),
        Err(refusal) => {
            let body = json!({ "code": refusal.code, "message": refusal.message });
            (refusal.status, refusal.number, body.to_string())
        }
    };
    let gateway = &world.gateway;
    let serial = asked.get(header::SERIAL).and_then(|value| value.to_str().ok());
    let (serial, key) = match serial {
        Some(serial) if serial == gateway.certificate_serial => (&gateway.certificate_serial, &gateway.certificate),
        _ => (&gateway.public_key_id, &gateway.public_key),
    };
    let key = if world.faults().answer_signature_forged { &gateway.stranger } else { key };
    let timestamp = world.now_ms().div_euclid(1_000).to_string();
    let nonce = keys::random_hex(16);
    let signature = key.sign(&answer_message(&timestamp, &nonce, body.as_bytes()));
    let headers = [
        (header::SERIAL, serial.clone()),
        (header::TIMESTAMP, timestamp),
        (header::NONCE, nonce),
        (header::SIGNATURE, signature),
        (header::SIGNATURE_TYPE, "WECHATPAY2-SHA256-RSA2048".to_owned()),
        ("Request-Id", format!("{}-{number}", keys::random_hex(20).to_uppercase())),
        (CONTENT_TYPE.as_str(), "application/json; charset=utf-8".to_owned()),
    ];
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, body).into_response()
}
