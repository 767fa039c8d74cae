//! Words that several pages say.

use crate::i18n::Texts;
use jixue_core::billing::OrderState;
use jixue_core::proof::Channel;
use jixue_core::study::Subject;
use jixue_core::time::Year;

pub fn subject(t: &Texts, subject: Subject) -> &'static str {
    match subject {
        Subject::Public => t.billing_subject_public(),
        Subject::Professional => t.billing_subject_professional(),
    }
}

/// What is paid for, on one line.
pub fn item(t: &Texts, year: Year, of: Subject) -> String {
    t.billing_item(year, subject(t, of))
}

pub fn channel(t: &Texts, channel: Channel) -> &'static str {
    match channel {
        Channel::WechatPay => t.billing_channel_wechat_pay(),
    }
}

/// The colour and the words of an order's state.
pub fn state(t: &Texts, state: &OrderState) -> (&'static str, &'static str) {
    match state {
        OrderState::Awaiting { .. } => ("due", t.billing_state_awaiting()),
        OrderState::Paid { .. } => ("done", t.billing_state_paid()),
        OrderState::Cancelled { .. } => ("", t.billing_state_cancelled()),
        OrderState::Expired { .. } => ("", t.billing_state_expired()),
    }
}
