//! Second factors: authenticator apps, passkeys and UKey certificates, all equal, with recovery codes for when they are lost.

mod enrolment;
pub(super) mod open_question;
mod pages;
mod passkeys;
mod proving;
pub(super) mod recovery_codes;
pub(super) mod store;
mod ukey_page;
mod ukeys;

pub(super) use enrolment::{add_passkey, begin_totp, finish_totp, offer_passkey};
pub use pages::routes;
pub(super) use pages::{NewPasskey, RecoveryCodesPage, totp_picture};
pub(super) use passkeys::{PasskeyAsk, PasskeyOffer, ask_passkey};
pub(super) use proving::{Proof, prove};
pub(super) use store::CATALOGUE;
pub(super) use ukeys::{NewUkey, UkeyAsk, add_ukey, ask_ukey, offer_ukey};

use super::grants::grants_of;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::{AccountId, FactorId};
use jixue_core::time::{BusinessDate, Timestamp};

/// Second factors an account may have at a time.
const FACTORS_MAX: usize = 10;
/// How long a question waits for its answer.
const QUESTION_SECONDS: i64 = 600;

/// Who is asked for a factor: an account in a session, or on its way to one; both by the digest of their token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub account: AccountId,
    pub digest: [u8; 32],
}

/// A factor as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factor {
    pub id: FactorId,
    /// `totp`, `passkey` or `ukey`.
    pub kind: String,
    pub label: String,
    pub credential: Option<Vec<u8>>,
    pub added_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What a sign-in owes after the first proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    Nothing,
    /// One of the factors the account has.
    Factor,
    /// The account must first get one: its hat asks for it.
    Enrolment,
}

/// Whether a factor is compulsory for an account: it wears an office's hat and the day has come.
pub(super) async fn is_compulsory(tx: &Tx<'_>, at: &At, account: AccountId, from: Option<i64>) -> Result<bool> {
    if from.is_none_or(|from| at.now.business_date() < BusinessDate(from)) {
        return Ok(false);
    }
    Ok(grants_of(tx, account, at.now).await?.iter().any(|grant| grant.role.is_office()))
}

pub(super) async fn owed(tx: &Tx<'_>, at: &At, account: AccountId, compulsory_from: Option<i64>) -> Result<Owed> {
    if store::has_factor(tx, account).await? {
        return Ok(Owed::Factor);
    }
    match is_compulsory(tx, at, account, compulsory_from).await? {
        true => Ok(Owed::Enrolment),
        false => Ok(Owed::Nothing),
    }
}
