//! The officers' page of money: read only.

use crate::app::App;
use crate::billing::overview::{Books, MoneyOverview, money_overview};
use crate::billing::store::ledger::AccountSums;
use crate::billing::store::money::{LastPaid, OpenSuspense};
use crate::db::Tx;
use crate::error::Result;
use crate::i18n::Texts;
use crate::web::{Caller, Html, Page};
use askama::Template;
use axum::extract::State;
use jixue_core::billing::FollowUp;
use jixue_core::id::{BaseId, OrderId};
use jixue_core::money::Fen;
use jixue_core::scope::{Reach, lies_within};
use std::collections::BTreeMap;

struct SumRow {
    state: (&'static str, String),
    orders: i64,
    seats: i64,
    amount: String,
}

struct SuspenseRow {
    received_at: String,
    amount: String,
    reason: String,
    follow_up: String,
    trade_no: String,
    order: Option<OrderId>,
}

struct PaymentRow {
    paid_at: String,
    payer: String,
    seats: i64,
    amount: String,
}

struct AccountRow {
    code: String,
    name: String,
    debit: String,
    credit: String,
    balance: String,
}

/// A base's book.
struct BookRows {
    name: String,
    accounts: Vec<AccountRow>,
    total: String,
}

#[derive(Template)]
#[template(path = "billing/money.html")]
pub struct MoneyPage {
    page: Page,
    sums: Vec<SumRow>,
    suspense: Vec<SuspenseRow>,
    payments: Vec<PaymentRow>,
    books: Vec<BookRows>,
    is_root: bool,
    faults: usize,
    left: Vec<(String, i64)>,
}

pub async fn show(State(app): State<App>, caller: Caller) -> Result<Html<MoneyPage>> {
    let (at, scope) = (app.at(), caller.scope.clone());
    let (overview, names, is_root) = app
        .db
        .read_bulk(async move |tx: &Tx<'_>| {
            // The books are the root bureau's: whoever reaches all of its region reads them.
            let root = crate::org::root_bureau(tx).await?.region_code;
            let is_root = matches!(scope.reach(), Reach::Region { region_code } if lies_within(&root, region_code));
            let overview = money_overview(tx, &at, &scope, is_root).await?;
            Ok((overview, crate::org::bases(tx).await?, is_root))
        })
        .await?;
    let page = Page::of(&app, &caller);
    let t = page.t;
    let names = names.into_iter().map(|base| (base.id, t.pick(&base.name_zh, &base.name_en).to_owned())).collect();
    Ok(Html(view(page, overview, &names, is_root)))
}

fn view(page: Page, overview: MoneyOverview, names: &BTreeMap<BaseId, String>, is_root: bool) -> MoneyPage {
    let t = page.t;
    let Books { recount, inbox_left, refused } = overview.books.unwrap_or_default();
    let told = |kind: &str, (code, count): &(String, i64)| (t.say(&format!("{kind}.{code}")), *count);
    let left = inbox_left.iter().filter(|(_, count)| *count > 0).map(|row| told("notification_left", row));
    let refused = refused.iter().map(|row| told("notification_refused", row));
    MoneyPage {
        sums: ["paid", "awaiting", "cancelled", "expired"]
            .into_iter()
            .map(|state| sum_row(&t, state, &overview.sums))
            .collect(),
        suspense: overview.suspense.iter().map(|row| suspense_row(&t, row)).collect(),
        payments: overview.last_paid.into_iter().map(payment_row).collect(),
        books: book_rows(&t, &recount.accounts, names),
        is_root,
        faults: recount.faults.len(),
        left: left.chain(refused).collect(),
        page,
    }
}

fn sum_row(t: &Texts, state: &str, sums: &[crate::billing::store::money::StateSum]) -> SumRow {
    let kind = match state {
        "paid" => "done",
        "awaiting" => "due",
        _ => "",
    };
    let found = sums.iter().find(|sum| sum.state == state);
    SumRow {
        state: (kind, t.say(&format!("order_state.{state}"))),
        orders: found.map_or(0, |sum| sum.orders),
        seats: found.map_or(0, |sum| sum.seats),
        amount: found.map_or(Fen::ZERO, |sum| sum.amount).to_string(),
    }
}

fn suspense_row(t: &Texts, row: &OpenSuspense) -> SuspenseRow {
    let amount = match row.currency.as_str() {
        "CNY" => row.amount.to_string(),
        other => format!("{other} {}", row.amount.yuan()),
    };
    SuspenseRow {
        received_at: row.received_at.china_minutes(),
        amount,
        reason: t.say(&format!("suspense.{}", row.reason.code())),
        follow_up: t.say(&format!("follow_up.{}", FollowUp::of(row.reason).code())),
        trade_no: row.trade_no.clone(),
        order: row.order,
    }
}

fn payment_row(row: LastPaid) -> PaymentRow {
    PaymentRow {
        paid_at: row.paid_at.china_minutes(),
        payer: row.payer_name,
        seats: row.seats,
        amount: row.amount.to_string(),
    }
}

fn book_rows(t: &Texts, accounts: &[AccountSums], names: &BTreeMap<BaseId, String>) -> Vec<BookRows> {
    let mut books: BTreeMap<BaseId, Vec<&AccountSums>> = BTreeMap::new();
    for account in accounts {
        books.entry(account.base).or_default().push(account);
    }
    let book = |(base, accounts): (BaseId, Vec<&AccountSums>)| BookRows {
        name: names.get(&base).cloned().unwrap_or_default(),
        total: accounts.iter().map(|sums| sums.debit).sum::<Fen>().to_string(),
        accounts: accounts.into_iter().map(|sums| account_row(t, sums)).collect(),
    };
    books.into_iter().map(book).collect()
}

fn account_row(t: &Texts, sums: &AccountSums) -> AccountRow {
    let (class, rest) = sums.account.split_once('.').unwrap_or((&sums.account, ""));
    let name = t.say(&format!("account.{class}"));
    AccountRow {
        code: class.to_owned(),
        name: match rest.rsplit('.').next() {
            Some(detail) if !detail.is_empty() => format!("{name} · {detail}"),
            _ => name,
        },
        debit: sums.debit.to_string(),
        credit: sums.credit.to_string(),
        balance: (sums.debit - sums.credit).to_string(),
    }
}
