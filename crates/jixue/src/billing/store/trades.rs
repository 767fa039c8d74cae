//! SQL of verified trades, of money in suspense, and of who owns a merchant account.

use crate::db::{Tx, values};
use crate::error::Result;
use jixue_core::billing::Suspense;
use jixue_core::id::{BaseId, PayerId};
use jixue_core::proof::{Channel, Proof};
use jixue_core::time::Timestamp;

crate::db::statements! {
    ACCOUNT_OWNER = "SELECT base_id FROM merchant_account WHERE channel = $1 AND merchant = $2";
    KEEP_OWNER = "INSERT INTO merchant_account (channel, merchant, base_id) VALUES ($1, $2, $3)
        ON CONFLICT (channel, merchant) DO NOTHING";
    IS_KNOWN = "SELECT outcome FROM gateway_trade WHERE channel = $1 AND trade_no = $2";
    INSERT_TRADE = "INSERT INTO gateway_trade (channel, trade_no, merchant, out_trade_no, amount_fen, currency, paid_at,
            received_at, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (channel, trade_no) DO NOTHING";
    INSERT_SUSPENSE = "INSERT INTO suspense (base_id, suspense_id, channel, merchant, trade_no, out_trade_no, amount_fen,
            currency, reason, follow_up, payer_id, order_id, region_code, state, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $14)";
}

/// The base whose book takes what comes to an account.
pub(in crate::billing) async fn account_owner(tx: &Tx<'_>, channel: Channel, merchant: &str) -> Result<Option<BaseId>> {
    tx.query_value_optional(ACCOUNT_OWNER, values![channel.code(), merchant]).await
}

/// Keeps the owner of an account, unless one is kept already.
pub(in crate::billing) async fn keep_owner(tx: &Tx<'_>, channel: Channel, merchant: &str, base: BaseId) -> Result<()> {
    tx.execute(KEEP_OWNER, values![channel.code(), merchant, base]).await.map(drop)
}

/// Whether a trade is booked already.
pub(in crate::billing) async fn is_known(tx: &Tx<'_>, proof: &Proof) -> Result<bool> {
    let key = values![proof.channel().code(), proof.trade_no()];
    Ok(tx.query_value_optional::<String>(IS_KNOWN, key).await?.is_some())
}

/// False when somebody else books the same trade just now.
pub(in crate::billing) async fn insert(tx: &Tx<'_>, proof: &Proof, outcome: &str, now: Timestamp) -> Result<bool> {
    let row = values![
        proof.channel().code(),
        proof.trade_no(),
        proof.merchant(),
        proof.out_trade_no(),
        proof.amount(),
        proof.currency(),
        proof.paid_at(),
        now,
        outcome,
    ];
    Ok(tx.execute(INSERT_TRADE, row).await? == 1)
}

/// Keeps money that waits for somebody; `payer` is the payer of the order it named, with the order's region.
pub(in crate::billing) async fn insert_suspense(
    tx: &Tx<'_>,
    suspense: &Suspense,
    payer: Option<(PayerId, &str)>,
    now: Timestamp,
) -> Result<()> {
    let (payer, region) = payer.map_or((None, None), |(payer, region)| (Some(payer), Some(region)));
    let row = values![
        suspense.payee,
        suspense.id,
        suspense.channel.code(),
        &suspense.merchant,
        &suspense.trade_no,
        &suspense.out_trade_no,
        suspense.amount,
        &suspense.currency,
        suspense.reason.code(),
        suspense.follow_up.code(),
        payer,
        suspense.order,
        region,
        now,
    ];
    tx.execute(INSERT_SUSPENSE, row).await.map(drop)
}
