//! The chart of accounts: one book per payee, amounts in fen, codes by the Chinese standard chart.
//!
//! What each event books (Dr debit, Cr credit):
//!
//! | event | Dr | Cr |
//! |---|---|---|
//! | money for an order | 1012 gateway | 2203 prepayment |
//! | money that fits no order | 1012 gateway | 2202 suspense |
//! | seat opened, invoice by a taxpayer | 2203 | 6001 income, 2221 output tax |
//! | seat opened, fiscal receipt | 2203 | 2103 due to treasury |
//! | seat opened, no receipt | 2203 | 6001 |
//! | gateway fee | 6603 | 1012 |
//! | settled to the bank | 1002 | 1012 |
//! | unit invoiced on credit; county package used | 1122; 1124 | 2203 |
//! | refund accepted; paid | 2203 or 2202; 2205 | 2205; 1012 |
//! | base's share; payout | 6001; 2241 | 2241; 1002 |
//! | difference written off | 6711 | 1012 |
//!
//! Source: the numbers follow the charts of accounts of 企业会计准则 and, for 2103, of 政府会计制度 (Ministry of
//! Finance); what stands after a dot, and the use made of 1124, 2202 and 2205, is ours.

use crate::id::{BaseId, UnitId};
use crate::proof::Channel;
use crate::time::Year;

/// An account of a payee's book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// 1002: money in a bank account, by a name of ours for it, not its number.
    Bank { account: String },
    /// 1012: money a gateway holds for us until it settles.
    Gateway { channel: Channel, merchant: String },
    /// 1122: what a unit owes.
    UnitReceivable { unit: UnitId },
    /// 1124: what a region's budget owes for a year.
    BudgetReceivable { region_code: String, year: Year },
    /// 2103: fees under fiscal receipts, due to the treasury (应缴财政款).
    TreasuryPayable,
    /// 2202: money that fits no order, 暂收待查.
    Suspense,
    /// 2203: paid seats not yet opened.
    Prepayment,
    /// 2205: refunds accepted and not yet paid.
    RefundPayable,
    /// 2221: value added tax on what was invoiced.
    OutputTax,
    /// 2241: a training base's share.
    BasePayable { base: BaseId },
    /// 6001: training income.
    Income,
    /// 6603: what gateways charge.
    GatewayFee,
    /// 6711: differences written off.
    WrittenOff,
}

impl Account {
    /// The code under which lines are stored and summed, such as `1012.wechat_pay.1900000001`.
    pub fn code(&self) -> String {
        match self {
            Self::Bank { account } => format!("1002.bank.{account}"),
            Self::Gateway { channel, merchant } => format!("1012.{}.{merchant}", channel.code()),
            Self::UnitReceivable { unit } => format!("1122.unit.{unit}"),
            Self::BudgetReceivable { region_code, year } => format!("1124.gov.{region_code}.{year}"),
            Self::TreasuryPayable => "2103".to_owned(),
            Self::Suspense => "2202".to_owned(),
            Self::Prepayment => "2203".to_owned(),
            Self::RefundPayable => "2205".to_owned(),
            Self::OutputTax => "2221".to_owned(),
            Self::BasePayable { base } => format!("2241.base.{base}"),
            Self::Income => "6001".to_owned(),
            Self::GatewayFee => "6603".to_owned(),
            Self::WrittenOff => "6711".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Two accounts under one code would be summed as one.
    #[test]
    fn every_account_has_its_own_code() {
        let (unit, base, year) = (UnitId::from_raw(7), BaseId::from_raw(7), Year(2026));
        let accounts = [
            Account::Bank { account: "main".to_owned() },
            Account::Gateway { channel: Channel::WechatPay, merchant: "1900000001".to_owned() },
            Account::UnitReceivable { unit },
            Account::BudgetReceivable { region_code: "431021".to_owned(), year },
            Account::TreasuryPayable,
            Account::Suspense,
            Account::Prepayment,
            Account::RefundPayable,
            Account::OutputTax,
            Account::BasePayable { base },
            Account::Income,
            Account::GatewayFee,
            Account::WrittenOff,
        ];
        let codes: BTreeSet<String> = accounts.iter().map(Account::code).collect();
        assert_eq!(codes.len(), accounts.len());
        assert!(codes.contains("1012.wechat_pay.1900000001"));
        assert!(codes.contains("1124.gov.431021.2026"));
    }
}
