//! Where an order stands at the cashier: what the page shows and the script asks for.

use super::orders::{order_of, payer_of};
use super::payees::{Merchant, channels_of};
use super::store::attempts::{self, StoredAttempt};
use super::store::lists::{self, PayeeNames};
use super::store::orders::OrderHead;
use super::store::seats;
use crate::db::Tx;
use crate::error::{Refused, Result};
use crate::org;
use jixue_core::billing::{AttemptState, OrderState, Payer};
use jixue_core::fact::SuspenseReason;
use jixue_core::id::OrderId;
use jixue_core::proof::Channel;
use jixue_core::scope::Scope;
use jixue_core::time::Timestamp;

/// What the payer can do, or has to wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    Paid {
        paid_at: Timestamp,
    },
    Cancelled,
    Expired,
    /// Seats of this order were paid otherwise meanwhile.
    Covered {
        seats: usize,
    },
    /// Money came that does not fit; nobody may pay again before an officer has looked.
    Suspended {
        reason: SuspenseReason,
    },
    /// No code was asked for yet, or the gateway was too busy to give one.
    New,
    /// The gateway was asked and has not answered.
    Confirming,
    /// A code is on the screen, or was until a moment ago.
    Waiting {
        code: Option<String>,
        /// Of the code; the epoch when it is over.
        until: Timestamp,
        seconds_left: i64,
    },
}

impl Standing {
    /// The script draws the page anew when this changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Paid { .. } => "paid",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Covered { .. } => "covered",
            Self::Suspended { .. } => "suspended",
            Self::New => "new",
            Self::Confirming => "confirming",
            Self::Waiting { .. } => "waiting",
        }
    }

    /// Whether the payer may still act, and the script has something to wait for.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::New | Self::Confirming | Self::Waiting { .. } | Self::Suspended { .. } | Self::Covered { .. }
        )
    }

    /// Whether taking the order back would still spare the payer anything.
    pub fn can_be_cancelled(&self) -> bool {
        self.is_open() && !matches!(self, Self::Suspended { .. })
    }

    /// When the code on the screen dies, in milliseconds UTC, 0 without a living one. No two codes of an order have the
    /// same, so that a page can tell whether it shows the living one.
    pub fn code_until(&self) -> i64 {
        match self {
            Self::Waiting { until, .. } => until.0,
            _ => 0,
        }
    }

    pub fn seconds_left(&self) -> i64 {
        match self {
            Self::Waiting { seconds_left, .. } => *seconds_left,
            _ => 0,
        }
    }
}

/// An order with what decides its standing.
#[derive(Debug, Clone)]
pub(super) struct Cashier {
    pub head: OrderHead,
    pub standing: Standing,
    /// How many seats are open; a unit's open in chunks.
    pub opened: i64,
    pub channels: Vec<Channel>,
    pub payee: PayeeNames,
    /// The unit that pays, or where the learner works now, if anywhere.
    pub unit: Option<String>,
}

/// The standing of an order alone: what the script asks for every two seconds.
pub(super) async fn standing_of(
    tx: &Tx<'_>,
    scope: &Scope,
    order: OrderId,
    now: Timestamp,
) -> Result<(OrderHead, Standing)> {
    let head = order_of(tx, scope, order).await?;
    let standing = match &head.state {
        OrderState::Paid { paid_at, .. } => Standing::Paid { paid_at: *paid_at },
        OrderState::Cancelled { .. } => Standing::Cancelled,
        OrderState::Expired { .. } => Standing::Expired,
        OrderState::Awaiting { .. } => awaiting(tx, scope, &head, now).await?,
    };
    Ok((head, standing))
}

async fn awaiting(tx: &Tx<'_>, scope: &Scope, head: &OrderHead, now: Timestamp) -> Result<Standing> {
    let tried = attempts::of_order(tx, scope, head.payer.id(), head.id).await?;
    let suspended = tried.iter().find_map(|attempt| match attempt.attempt.state {
        AttemptState::Suspended { reason, .. } => Some(reason),
        _ => None,
    });
    if let Some(reason) = suspended {
        return Ok(Standing::Suspended { reason });
    }
    let covered = seats::covered(tx, head).await?;
    if !covered.is_empty() {
        return Ok(Standing::Covered { seats: covered.len() });
    }
    if head.expires_at <= now {
        return Ok(Standing::Expired);
    }
    Ok(tried.iter().find(|attempt| attempt.is_open()).map_or(Standing::New, |open| of_attempt(open, now)))
}

fn of_attempt(open: &StoredAttempt, now: Timestamp) -> Standing {
    if open.is_unknown() || (open.code_url.is_none() && open.asked_at.is_some()) {
        return Standing::Confirming;
    }
    match open.living_code(now) {
        Some((code, until)) => {
            Standing::Waiting { code: Some(code.to_owned()), until, seconds_left: (until.since_ms(now) + 999) / 1_000 }
        }
        // The gateway was too busy to do anything: there is nothing to wait for, the payer may ask again.
        None if open.code_url.is_none() => Standing::New,
        None => Standing::Waiting { code: None, until: Timestamp(0), seconds_left: 0 },
    }
}

/// Everything the page shows.
pub(super) async fn cashier(
    tx: &Tx<'_>,
    scope: &Scope,
    order: OrderId,
    merchants: &[Merchant],
    now: Timestamp,
) -> Result<Cashier> {
    let (head, standing) = standing_of(tx, scope, order, now).await?;
    let unit = match payer_of(scope).ok_or_else(Refused::not_found)? {
        Payer::Learner(learner) => org::learner(tx, scope, learner).await?.map(|learner| learner.unit_name),
        Payer::Unit(unit) => org::unit(tx, scope, unit).await?.map(|unit| unit.name),
    };
    Ok(Cashier {
        standing,
        opened: seats::opened_count(tx, &head).await?,
        channels: channels_of(tx, merchants, head.payee).await?,
        payee: lists::payee_names(tx, head.payee).await?.unwrap_or_default(),
        unit,
        head,
    })
}
