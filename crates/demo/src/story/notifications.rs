//! What the gateway tells the application, and what strangers would like to tell it.

use super::browser::Browser;
use super::cashier::{self, OpenOrder};
use super::forms;
use super::person::patiently;
use crate::world::World;
use anyhow::ensure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use jixue_simulators::{Faults, SentNotification};
use reqwest::StatusCode;
use serde_json::json;
use std::path::Path;

/// Queries answered with an error, so that only the notification can tell the application.
const QUERIES_FAILING: u32 = 10_000;

/// The notification about a payment that the application took.
///
/// # Errors
/// When none was taken.
pub async fn heard(world: &World, out_trade_no: &str) -> anyhow::Result<SentNotification> {
    patiently("a notification that is taken", async || {
        Ok(world.simulator.notifications(out_trade_no).into_iter().find(SentNotification::is_heard))
    })
    .await
}

/// Leaves the notification as it was received, with what checks it.
///
/// # Errors
/// When a file cannot be written.
pub fn keep(world: &World, sent: &SentNotification, out: &Path) -> anyhow::Result<()> {
    let headers: serde_json::Map<_, _> =
        sent.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let kept = json!({
        "method": sent.method,
        "path": sent.path,
        "headers": headers,
        "body_base64": BASE64.encode(&sent.body),
    });
    std::fs::write(out.join("notification.json"), format!("{kept:#}\n"))?;
    std::fs::write(out.join("gateway-pub.pem"), &world.simulator.wechat.platform_public_key_pem)?;
    std::fs::write(out.join("apiv3.key"), &world.simulator.wechat.apiv3_key)?;
    Ok(())
}

/// Sends a notification to the application's door.
async fn send(world: &World, sent: &SentNotification, body: Vec<u8>) -> anyhow::Result<StatusCode> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let mut request = client.post(format!("{}{}", world.base_url, sent.path)).body(body);
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    Ok(request.send().await?.status())
}

/// The very notification once more, as gateways send them: it is taken, and the books stay as they are.
///
/// # Errors
/// When it is not taken, or money moved.
pub async fn repeat(world: &World, officer: &Browser, sent: &SentNotification) -> anyhow::Result<()> {
    let before = books(officer).await?;
    for _ in 0..3 {
        let status = send(world, sent, sent.body.clone()).await?;
        ensure!(status.is_success(), "a repeated notification was answered with {status}");
    }
    ensure!(books(officer).await? == before, "a repeated notification moved money");
    Ok(())
}

/// The notification with one byte changed under its old signature: it is refused, and the books stay as they are.
///
/// # Errors
/// When it is taken.
pub async fn tamper(world: &World, officer: &Browser, sent: &SentNotification) -> anyhow::Result<()> {
    let before = books(officer).await?;
    let mut body = sent.body.clone();
    let middle = body.len() / 2;
    body[middle] ^= 1;
    let status = send(world, sent, body).await?;
    ensure!(status == StatusCode::UNAUTHORIZED, "a changed notification was answered with {status}");
    ensure!(books(officer).await? == before, "a changed notification moved money");
    Ok(())
}

/// What the officer's page says of money; it also counts refused notifications, below.
async fn books(officer: &Browser) -> anyhow::Result<String> {
    let page = officer.get("/bureau/money").await?;
    let html = page.html().split("id=\"notifications\"").next().unwrap_or_default();
    Ok(forms::words(html))
}

/// Pays while a stranger signs in the gateway's name: nothing opens. Then the gateway repeats itself, and it does.
///
/// # Errors
/// When the forged word opened anything, or the true one did not.
pub async fn pay_under_forgery(world: &World, learner: &Browser, order: &OpenOrder, yuan: &str) -> anyhow::Result<()> {
    let faults = Faults { notify_signature_forged: true, query_failures: QUERIES_FAILING, ..Faults::default() };
    world.simulator.set_faults(faults);
    let number = cashier::pay_on_phone(world, order, yuan).await?;
    let status = patiently("an answer to the forged notification", async || {
        Ok(world.simulator.notifications(&number).iter().find_map(|sent| sent.answer_status))
    })
    .await?;
    let told = cashier::status(learner, order).await?;
    let studies = cashier::may_study(learner).await?;
    world.simulator.set_faults(Faults::default());
    ensure!(status == 401, "the forged notification was answered with {status}");
    ensure!(told["paid"] == false && !studies, "a forged notification opened learning: {told}");
    cashier::until_paid(learner, order).await
}

/// Pays less than was asked for: the money is verified and booked to suspense, and nothing opens.
///
/// # Errors
/// When learning opened, or the officer does not see the money.
pub async fn pay_other_amount(
    world: &World,
    learner: &Browser,
    officer: &Browser,
    order: &OpenOrder,
) -> anyhow::Result<()> {
    world.simulator.set_faults(Faults { paid_amount_delta_fen: -1_000, ..Faults::default() });
    let number = cashier::pay_on_phone(world, order, "40.00").await?;
    heard(world, &number).await?;
    world.simulator.set_faults(Faults::default());
    patiently("the money in suspense", async || {
        Ok((cashier::status(learner, order).await?["state"] == "suspended").then_some(()))
    })
    .await?;
    ensure!(cashier::status(learner, order).await?["paid"] == false, "another amount paid the order");
    ensure!(!cashier::may_study(learner).await?, "another amount opened learning");
    officer.get("/bureau/money").await?.says("30.00")
}
