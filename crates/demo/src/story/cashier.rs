//! Paying: the order's page with its code, the simulated phone that scans it, and the moment the page turns to paid.

use super::browser::{Browser, Page};
use super::person::patiently;
use crate::world::World;
use anyhow::{Context, ensure};
use jixue_core::id::OrderId;
use serde_json::Value;

/// An order whose code is on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    pub id: OrderId,
    /// Where the simulated phone shows what is behind the code.
    phone_link: String,
}

impl OpenOrder {
    /// What the page behind an order offers: a QR code drawn in the page, and the same code for the simulated phone.
    ///
    /// # Errors
    /// When the page shows no code, or no address of an order.
    pub fn on(page: &Page, world: &World) -> anyhow::Result<Self> {
        let id = page.path.strip_prefix("/orders/").and_then(|rest| rest.split('?').next());
        let id = id.and_then(|id| id.parse().ok()).with_context(|| format!("{} is no order", page.path))?;
        ensure!(page.html().contains("class=\"qr\"") && page.html().contains("<svg"), "the cashier shows no code");
        Ok(Self { id, phone_link: page.link_below(&format!("{}/scan?code_url=", world.simulator.phone_url()))? })
    }
}

/// Places the order for the public subject from the learner's own page, however often the button is pressed.
///
/// # Errors
/// When the page offers no such order, or two presses make two orders.
pub async fn open(learner: &Browser, world: &World) -> anyhow::Result<OpenOrder> {
    // Right after a roster the year is required of its people within a moment.
    let form = patiently("the learner's page asking for the fee", async || {
        Ok(learner.get("/learn").await?.form_to("/orders").ok())
    })
    .await?;
    let order = OpenOrder::on(&learner.submit(&form).await?, world)?;
    let again = OpenOrder::on(&learner.submit(&form).await?, world)?;
    ensure!(order.id == again.id, "two presses made two orders");
    Ok(order)
}

/// What the gateway calls a payment: our number of the attempt.
pub type OutTradeNo = String;

/// Scans the code and pays on the simulated phone's page.
///
/// # Errors
/// When the phone cannot pay it.
pub async fn pay_on_phone(world: &World, order: &OpenOrder, shown_yuan: &str) -> anyhow::Result<OutTradeNo> {
    let phone = Browser::new(&world.simulator.base_url)?;
    let scanned = phone.get(&order.phone_link).await?;
    scanned.says(shown_yuan)?;
    let paid = phone.submit(&scanned.form_to("/phone/payments")?).await?;
    let number = paid.path.split(['?', '&']).find_map(|pair| pair.strip_prefix("out_trade_no="));
    number.map(str::to_owned).with_context(|| format!("{} names no payment", paid.path))
}

/// What the cashier's script hears of an order.
///
/// # Errors
/// When it is not answered.
pub async fn status(payer: &Browser, order: &OpenOrder) -> anyhow::Result<Value> {
    payer.get_json(&format!("/api/v1/orders/{}", order.id)).await
}

/// Waits until the script of the page would say that the order is paid.
///
/// # Errors
/// When it does not come to that.
pub async fn until_paid(payer: &Browser, order: &OpenOrder) -> anyhow::Result<()> {
    patiently("the page turning to paid", async || {
        let status = status(payer, order).await?;
        Ok((status["paid"] == true && status["state"] == "paid").then_some(()))
    })
    .await
}

/// Whether a learner may study: the courses' pages lead to lessons.
///
/// # Errors
/// When a page is not answered.
pub async fn may_study(learner: &Browser) -> anyhow::Result<bool> {
    let courses = learner.get("/courses").await?;
    let course = learner.get(&courses.link_below("/courses/")?).await?;
    Ok(course.link_below("/lessons/").is_ok())
}
