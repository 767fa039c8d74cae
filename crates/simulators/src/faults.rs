//! What can go wrong on purpose.

use serde::{Deserialize, Serialize};

/// The knobs. All off by default; a JSON body names only those it turns, the rest are off. Those about notifications
/// are read anew at each sending, so a repetition after the knob is turned back goes out unharmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// How many copies of each notification go out at the same moment.
    pub notify_copies: u32,
    /// Each notification goes out this much later.
    pub notify_delay_ms: u64,
    /// Notifications are lost on the way; the gateway goes on repeating them by its schedule.
    pub notify_withheld: bool,
    /// A notification waits for the next one and goes out after it, or alone after 3 seconds.
    pub notify_reordered: bool,
    /// Signed by a stranger, under the gateway's own serial.
    pub notify_signature_forged: bool,
    /// Truly signed, under a serial nobody was told.
    pub notify_serial_wrong: bool,
    /// Signed with the platform certificate's key, under the certificate's serial: the older way, and no fault.
    pub notify_by_certificate: bool,
    /// The signature header holds a probe (`WECHATPAY/SIGNTEST/…`).
    pub notify_signature_probe: bool,
    /// Added to the signed timestamp, in seconds.
    pub notify_timestamp_shift_seconds: i64,
    /// The sealed transaction names this merchant instead.
    pub notify_mchid: Option<String>,
    /// The sealed transaction names this app instead.
    pub notify_appid: Option<String>,

    /// Added to the amount that is taken, in notification and query alike.
    pub paid_amount_delta_fen: i64,
    /// The part of the amount that the payer got as a coupon: `payer_total` is lower by it.
    pub paid_coupon_fen: i64,
    /// The currency that is taken instead of CNY.
    pub paid_currency: Option<String>,
    /// A closed or expired order can still be paid: the payer was faster than the close.
    pub pay_closed_orders: bool,

    /// The order is paid, and its notification sent, before the create call is answered.
    pub notify_before_answer: bool,
    /// The create call is answered this much later; the order exists at once.
    pub create_answer_delay_ms: u64,
    /// The create call is answered with this status (429 or 500) and no order is made.
    pub create_status: Option<u16>,
    /// With `create_status`: the order is made all the same.
    pub create_stored_despite_error: bool,
    /// For this long after a payment a query still says NOTPAY.
    pub query_lag_ms: i64,
    /// The next so many queries are answered with 500.
    pub query_failures: u32,
    /// Answers of the gateway are signed by a stranger.
    pub answer_signature_forged: bool,

    /// The operator refuses messages with this code, such as `isv.BUSINESS_LIMIT_CONTROL`.
    pub sms_refusal: Option<String>,
    /// The operator takes the message and answers this much later.
    pub sms_answer_delay_ms: u64,
    /// The operator answers with this status and takes nothing.
    pub sms_status: Option<u16>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            notify_copies: 1,
            notify_delay_ms: 0,
            notify_withheld: false,
            notify_reordered: false,
            notify_signature_forged: false,
            notify_serial_wrong: false,
            notify_by_certificate: false,
            notify_signature_probe: false,
            notify_timestamp_shift_seconds: 0,
            notify_mchid: None,
            notify_appid: None,
            paid_amount_delta_fen: 0,
            paid_coupon_fen: 0,
            paid_currency: None,
            pay_closed_orders: false,
            notify_before_answer: false,
            create_answer_delay_ms: 0,
            create_status: None,
            create_stored_despite_error: false,
            query_lag_ms: 0,
            query_failures: 0,
            answer_signature_forged: false,
            sms_refusal: None,
            sms_answer_delay_ms: 0,
            sms_status: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_names_one_knob_leaves_the_others_off() {
        let read: Faults = serde_json::from_str(r#"{"notify_copies":2}"#).unwrap();
        assert_eq!(read, Faults { notify_copies: 2, ..Faults::default() });
    }

    /// A misspelt knob that is silently off would make a test pass for the wrong reason.
    #[test]
    fn a_misspelt_knob_is_refused() {
        assert!(serde_json::from_str::<Faults>(r#"{"notify_copys":2}"#).is_err());
    }
}
