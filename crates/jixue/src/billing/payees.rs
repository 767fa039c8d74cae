//! Who is paid: merchant accounts at gateways, and the bases that own them.

use super::store::{lists, trades};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use jixue_core::billing::ReceiptKind;
use jixue_core::id::BaseId;
use jixue_core::proof::Channel;

/// The tax inside what a taxable base charges: 6 %, the general rate for services.
///
/// Source: 增值税法 (in force since 2026-01-01), art. 10 (3).
const TAX_RATE_BASIS_POINTS: u16 = 600;

/// A merchant account as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merchant {
    pub channel: Channel,
    /// The gateway's number of the account.
    pub number: String,
    /// USCC of the base that owns it.
    pub payee_uscc: String,
}

impl Merchant {
    /// The configured account of a channel.
    pub fn of(app: &App, channel: Channel) -> Option<Self> {
        match channel {
            Channel::WechatPay => {
                let number = app.wechat_pay.as_ref()?.account().mchid().to_owned();
                let payee_uscc = app.config.wechat_pay.as_ref()?.payee_uscc.clone();
                Some(Self { channel, number, payee_uscc })
            }
        }
    }

    /// Every configured account.
    pub fn all(app: &App) -> Vec<Self> {
        [Channel::WechatPay].into_iter().filter_map(|channel| Self::of(app, channel)).collect()
    }
}

/// A base as a payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Payee {
    pub base: BaseId,
    pub receipt: ReceiptKind,
}

/// The base that owns an account: as kept, else as configured.
pub(super) async fn owner_of(tx: &Tx<'_>, merchant: &Merchant) -> Result<Option<BaseId>> {
    if let Some(base) = trades::account_owner(tx, merchant.channel, &merchant.number).await? {
        return Ok(Some(base));
    }
    let bases = crate::org::bases(tx).await?;
    Ok(bases.into_iter().find(|base| base.uscc == merchant.payee_uscc).map(|base| base.id))
}

/// The base whose book takes what comes to an account, kept from the first use.
///
/// # Errors
/// The configured USCC names no base: money that comes meanwhile stays in the inbox.
pub(super) async fn payee_of(tx: &Tx<'_>, merchant: &Merchant) -> Result<Payee> {
    let unknown = || Error::internal(format!("payee_uscc {:?} names no base", merchant.payee_uscc));
    let base = owner_of(tx, merchant).await?.ok_or_else(unknown)?;
    trades::keep_owner(tx, merchant.channel, &merchant.number, base).await?;
    Ok(Payee { base, receipt: receipt_of(tx, base).await? })
}

/// The channels through which a base can be paid.
pub(super) async fn channels_of(tx: &Tx<'_>, merchants: &[Merchant], base: BaseId) -> Result<Vec<Channel>> {
    let mut channels = Vec::new();
    for merchant in merchants {
        if owner_of(tx, merchant).await? == Some(base) {
            channels.push(merchant.channel);
        }
    }
    Ok(channels)
}

/// What a base gives for money.
pub(super) async fn receipt_of(tx: &Tx<'_>, base: BaseId) -> Result<ReceiptKind> {
    let names = lists::payee_names(tx, base).await?.unwrap_or_default();
    Ok(match names.receipt_kind.as_str() {
        "fiscal_receipt" => ReceiptKind::FiscalReceipt,
        "invoice" => ReceiptKind::Fapiao { tax_rate_basis_points: TAX_RATE_BASIS_POINTS },
        _ => ReceiptKind::None,
    })
}
