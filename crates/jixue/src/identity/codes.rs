//! One-time codes by SMS. Whether a number is known is never told, neither in words nor in time.

use super::browsers::{self, Browser};
use super::store::codes::CodeRow;
use super::{IdentityRefusal, accounts, store};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::keys::{hex, random};
use crate::outbox::{self, JobKind};
use jixue_core::org::Phone;
use jixue_gateways::sms::{SmsError, SmsMessage, VoiceCall};
use std::collections::BTreeMap;

/// Tries at one code.
const TRIES_MAX: i64 = 5;
/// Least time between two codes to one number.
const RESEND_MS: i64 = 60_000;

pub(super) fn phone(text: &str) -> Result<Phone> {
    Phone::parse(text).map_err(|_| IdentityRefusal::PhoneMalformed.into())
}

pub(super) fn phone_index(at: &At, phone: &Phone) -> Vec<u8> {
    at.keys.blind_index("phone", phone.revealed())
}

/// Asks for a code in a browser. Known or not, the number gets the same answer; only a known one gets a message.
///
/// The code works in that browser only, and browsers that have signed in with the number before have messages of their
/// own for the day: a stranger who asks again and again uses up the strangers' only.
pub(super) async fn request_code(
    app: &App,
    browser: &Browser,
    phone_text: &str,
    (way, many): (Way, Many),
) -> Result<()> {
    let phone = phone(phone_text)?;
    // Where no calls are bought a message goes instead: a form made by hand must not end in silence.
    let can_ring = app.config.sms.as_ref().is_some_and(|section| section.voice.is_some());
    send(app, browser, &phone, (false, if can_ring { way } else { Way::Message }, many)).await
}

/// How a code reaches its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Message,
    /// A call that reads it aloud.
    Call,
}

impl Way {
    /// What the kept message is called.
    const fn template(self) -> &'static str {
        match self {
            Self::Message => "sign_in",
            Self::Call => "sign_in_call",
        }
    }
}

/// How many messages a number may get in a day from strangers' browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Many {
    AsConfigured,
    /// Five times as many: whoever asks has given a proof for each beyond the usual ones. There is an end all the same, or
    /// somebody's phone would ring all day.
    Proved,
}

/// Sends a code to a phone that nobody need have: to prove a new one.
pub(super) async fn send_code(app: &App, browser: &Browser, phone: &Phone) -> Result<()> {
    send(app, browser, phone, (true, Way::Message, Many::AsConfigured)).await
}

async fn send(app: &App, browser: &Browser, phone: &Phone, (to_anybody, way, many): (bool, Way, Many)) -> Result<()> {
    let phone = phone.clone();
    let is_known = browsers::is_known(app, phone.revealed(), browser).await?;
    let (at, browser) = (app.at(), browser.digest());
    let code = format!("{:06}", u32::from_le_bytes(random()) % 1_000_000);
    let expires_at = at.now.plus_seconds(app.config.limits.sign_in_code_minutes * 60);
    let times = if many == Many::Proved { 5 } else { 1 };
    let per_day = app.config.limits.sign_in_codes_per_day * times;
    app.db
        .write(async move |tx: &Tx<'_>| {
            let index = phone_index(&at, &phone);
            let previous = store::codes::code_of(tx, &index, &browser).await?;
            if previous.is_some_and(|code| at.now.since_ms(code.sent_at) < RESEND_MS) {
                return Err(IdentityRefusal::CodeTooSoon.into());
            }
            let today = (at.now.business_date(), at.now);
            if store::codes::count_sent(tx, &index, is_known, today).await? > per_day {
                return Err(IdentityRefusal::TooManyCodes.into());
            }
            let row = CodeRow { digest: code_digest(&at, &index, &code), sent_at: at.now, expires_at };
            store::codes::put_code(tx, &index, &browser, &row).await?;
            match to_anybody || accounts::is_known(tx, &at, &phone).await? {
                true => queue_sms(tx, &at, &phone, way.template(), &code).await,
                false => Ok(()),
            }
        })
        .await?;
    app.outbox.wake();
    Ok(())
}

/// Keyed: who reads the table cannot try the million codes there are.
fn code_digest(at: &At, index: &[u8], code: &str) -> Vec<u8> {
    at.keys.blind_index("sign-in code", &format!("{}/{code}", hex(index)))
}

/// Uses up a browser's code. False: wrong, old, another browser's, or tried too often; the try is counted either way.
pub(super) async fn take_code(tx: &Tx<'_>, at: &At, phone: &Phone, browser: &[u8], code: &str) -> Result<bool> {
    let index = phone_index(at, phone);
    // Counted before it is looked at: tries at the same moment wait for each other's count.
    if !store::codes::count_try(tx, &index, browser, TRIES_MAX, at.now).await? {
        return Ok(false);
    }
    let stored = store::codes::code_of(tx, &index, browser).await?;
    let digest = code_digest(at, &index, code);
    if stored.is_none_or(|stored| stored.digest != digest || stored.expires_at <= at.now) {
        return Ok(false);
    }
    store::codes::use_code(tx, &index, browser).await?;
    Ok(true)
}

/// Puts a message on its way: the row first, the call after the commit.
async fn queue_sms(tx: &Tx<'_>, at: &At, phone: &Phone, template: &str, code: &str) -> Result<()> {
    let id = at.ids.next_raw();
    let sealed = at.keys.seal("sms phone", phone.revealed().as_bytes());
    let parameters = at.keys.seal("sms parameters", format!("code={code}").as_bytes());
    store::insert_sms(tx, id, &sealed, template, &parameters, at.now).await?;
    outbox::enqueue(tx, at, JobKind::SendSms, 0, id, at.now).await
}

/// Sends a waiting message once. When nobody knows whether the operator took it, it is not sent again: the person asks
/// for another code, and two codes in one minute would only confuse.
pub async fn send_sms(app: &App, message: i64) -> Result<()> {
    let sender = app.sms.as_ref().ok_or_else(|| Error::internal("sms is not configured"))?;
    let section = app.config.sms.as_ref().ok_or_else(|| Error::internal("sms is not configured"))?;
    let waiting = app
        .db
        .write(async move |tx: &Tx<'_>| {
            let row = store::sms_waiting(tx, message).await?;
            let taken = store::sms_sending(tx, message).await?;
            // Whoever takes it second, while the first is sending, sends nothing.
            Ok(row.filter(|_| taken))
        })
        .await?;
    let Some((phone, template, parameters)) = waiting else {
        return Ok(());
    };
    let text = |sealed: &[u8], context| {
        app.keys.open(context, sealed).map(|plain| String::from_utf8_lossy(&plain).into_owned())
    };
    let parameters = text(&parameters, "sms parameters")?;
    let template_params: BTreeMap<String, String> = parameters
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let (phone, sending_id) = (text(&phone, "sms phone")?, message.to_string());
    let voice = section.voice.as_ref().filter(|_| template == Way::Call.template());
    let outcome = match voice {
        Some(voice) => {
            let template_code = voice.sign_in_template.clone();
            sender.ring(&VoiceCall { phone, template_code, template_params, sending_id }).await
        }
        None => {
            let (sign_name, template_code) = (section.sign_name.clone(), section.sign_in_template.clone());
            sender.send(&SmsMessage { phone, sign_name, template_code, template_params, sending_id }).await
        }
    };
    let (state, provider_id, refusal) = match outcome {
        Ok(receipt) => ("sent", Some(receipt.biz_id), None),
        Err(SmsError::Refused { code, .. }) => ("refused", None, Some(code)),
        Err(SmsError::Unknown(why)) => ("unknown", None, Some(format!("{why:?}"))),
    };
    let now = app.clock.now();
    app.db
        .write(async move |tx: &Tx<'_>| {
            store::sms_outcome(tx, message, state, provider_id.as_deref(), refusal.as_deref(), now).await
        })
        .await
}
