//! Notices that were read and consents that were given, each with its version; taken back, a row says when.

use super::store;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use jixue_core::id::AccountId;
use jixue_core::time::Timestamp;

/// The version of the privacy notice in force. Its text stands in the locales; when what we do with data changes, a new
/// text gets the next number and everybody is asked again.
pub const NOTICE_VERSION: i64 = 1;

/// What somebody agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentKind {
    /// The privacy notice was read. What the law asks of us needs no consent, but it must be told.
    ///
    /// Source: 个人信息保护法 (PIPL), art. 13 (3) and 17.
    Notice,
    /// The clerk of the unit may see the whole identity or phone number for a purpose.
    ///
    /// Source: PIPL, art. 29: sensitive personal information asks for a separate consent.
    Sensitive,
}

impl ConsentKind {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Sensitive => "sensitive",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Notice, Self::Sensitive].into_iter().find(|kind| kind.code() == code)
    }
}

/// Something agreed to, standing or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub kind: ConsentKind,
    pub version: i64,
    pub given_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Given to the version in force, and not taken back.
    pub fn stands(&self) -> bool {
        self.version == NOTICE_VERSION && self.withdrawn_at.is_none()
    }
}

/// Everything an account ever agreed to, the newest first.
pub async fn consents_of(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Consent>> {
    store::consents(tx, account).await
}

/// Records that the notice in force was read, and whether numbers may be shown to the unit. Again, it changes nothing.
pub async fn acknowledge(tx: &Tx<'_>, at: &At, account: AccountId, sensitive: bool) -> Result<()> {
    decide(tx, at, account, ConsentKind::Notice, true).await?;
    decide(tx, at, account, ConsentKind::Sensitive, sensitive).await
}

/// Gives a consent, or takes it back. What stands so already stays as it is.
pub async fn decide(tx: &Tx<'_>, at: &At, account: AccountId, kind: ConsentKind, gives: bool) -> Result<()> {
    let stands = consents_of(tx, account).await?.iter().any(|consent| consent.kind == kind && consent.stands());
    match (stands, gives) {
        (false, true) => store::give(tx, account, at.ids.next_raw(), kind, at.now).await,
        (true, false) => store::withdraw(tx, account, kind, at.now).await,
        (true, true) | (false, false) => Ok(()),
    }
}
