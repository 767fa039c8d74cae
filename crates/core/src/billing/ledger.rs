//! Double entry: an entry that does not balance cannot be made, and none is ever changed.

use super::account::Account;
use crate::money::Fen;
use crate::proof::Channel;
use crate::refusal::{Kind, Refusal};

/// One side of an entry: a debit or a credit of one account, never both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub account: Account,
    pub debit: Fen,
    pub credit: Fen,
}

impl Line {
    pub fn debit(account: Account, amount: Fen) -> Self {
        let credit = Fen::ZERO;
        Self { account, debit: amount, credit }
    }

    pub fn credit(account: Account, amount: Fen) -> Self {
        let debit = Fen::ZERO;
        Self { account, debit, credit: amount }
    }

    fn is_one_sided(&self) -> bool {
        let sides = (self.debit.0, self.credit.0);
        matches!(sides, (1.., 0) | (0, 1..))
    }
}

/// What happened that is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryReason {
    /// Money came; it settles an order, in part or whole, or lies in suspense.
    MoneyReceived,
    /// Paid seats opened.
    SeatsOpened,
}

impl EntryReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::MoneyReceived => "money_received",
            Self::SeatsOpened => "seats_opened",
        }
    }
}

/// What a payer gets for the money: a property of payee and fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptKind {
    /// 发票: the payee is a taxpayer. The price includes the tax; 600 basis points are 6 %.
    Fapiao { tax_rate_basis_points: u16 },
    /// 财政票据: an approved fee of a public institution, due to the treasury.
    FiscalReceipt,
    /// No receipt to the payer.
    None,
}

/// A balanced set of lines (分录), and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    lines: Vec<Line>,
    reason: EntryReason,
}

impl Entry {
    /// The only way to an entry: at least two lines, each of one positive side, debits equal to credits.
    pub fn balanced(reason: EntryReason, lines: Vec<Line>) -> Result<Self, LedgerRefusal> {
        if lines.len() < 2 || !lines.iter().all(Line::is_one_sided) {
            return Err(LedgerRefusal::LineNotOneSided);
        }
        // Wider than a Fen, so that no sum of amounts wraps into balance.
        let side = |of: fn(&Line) -> Fen| lines.iter().map(|line| i128::from(of(line).0)).sum::<i128>();
        match side(|line| line.debit) == side(|line| line.credit) {
            true => Ok(Self { lines, reason }),
            false => Err(LedgerRefusal::Unbalanced),
        }
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub fn reason(&self) -> EntryReason {
        self.reason
    }

    /// Money for an order, all of it wanted.
    pub fn receive_for_order(channel: Channel, merchant: &str, amount: Fen) -> Result<Self, LedgerRefusal> {
        Self::receive(channel, merchant, amount, Fen::ZERO)
    }

    /// Money that fits no order.
    pub fn receive_to_suspense(channel: Channel, merchant: &str, amount: Fen) -> Result<Self, LedgerRefusal> {
        Self::receive(channel, merchant, Fen::ZERO, amount)
    }

    /// Money of one trade, part of it for seats that are wanted, the rest for seats paid otherwise meanwhile.
    pub fn receive(channel: Channel, merchant: &str, wanted: Fen, rest: Fen) -> Result<Self, LedgerRefusal> {
        let total = Fen(wanted.0.checked_add(rest.0).ok_or(LedgerRefusal::Unbalanced)?);
        let gateway = Account::Gateway { channel, merchant: merchant.to_owned() };
        let mut lines = vec![Line::debit(gateway, total)];
        lines.extend((wanted != Fen::ZERO).then(|| Line::credit(Account::Prepayment, wanted)));
        lines.extend((rest != Fen::ZERO).then(|| Line::credit(Account::Suspense, rest)));
        Self::balanced(EntryReason::MoneyReceived, lines)
    }

    /// Seats of the given prices opened: what was prepaid is earned. Tax is rounded per seat, so that however seats
    /// are grouped into entries, the sums are the same.
    pub fn open_seats(seats: &[Fen], receipt: ReceiptKind) -> Result<Self, LedgerRefusal> {
        let total: Fen = seats.iter().copied().sum();
        let mut lines = vec![Line::debit(Account::Prepayment, total)];
        match receipt {
            ReceiptKind::Fapiao { tax_rate_basis_points } => {
                let tax = seats.iter().map(|seat| tax_within(*seat, tax_rate_basis_points)).sum();
                lines.push(Line::credit(Account::Income, total - tax));
                lines.extend((tax != Fen::ZERO).then(|| Line::credit(Account::OutputTax, tax)));
            }
            ReceiptKind::FiscalReceipt => lines.push(Line::credit(Account::TreasuryPayable, total)),
            ReceiptKind::None => lines.push(Line::credit(Account::Income, total)),
        }
        Self::balanced(EntryReason::SeatsOpened, lines)
    }
}

/// The tax inside a price that includes it, rounded half up to a fen: `price × rate ÷ (1 + rate)`.
///
/// Source: the arithmetic of 增值税暂行条例实施细则, art. 14 and 30: a price that includes tax is divided by 1 + rate.
pub fn tax_within(price: Fen, tax_rate_basis_points: u16) -> Fen {
    let rate = i64::from(tax_rate_basis_points);
    let whole = 10_000 + rate;
    Fen((price.0 * rate * 2 + whole) / (whole * 2))
}

/// Why lines are not an entry. A program's mistake rather than a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerRefusal {
    LineNotOneSided,
    Unbalanced,
}

impl Refusal for LedgerRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::LineNotOneSided => "ledger.line_not_one_sided",
            Self::Unbalanced => "ledger.unbalanced",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

#[cfg(test)]
mod tests;
