//! Text messages and calls through an operator: a template the operator has approved, with parameters filled in.

mod aliyun;

pub use crate::answer::Unknown;
pub use aliyun::{AliyunSms, AliyunSmsConfig, SmsConfigError};

use std::collections::BTreeMap;
use std::pin::Pin;

/// One message to one phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsMessage {
    /// 11 digits, mainland China.
    pub phone: String,
    /// The approved name that stands in 【】 before the text.
    pub sign_name: String,
    /// The operator's number of the approved template.
    pub template_code: String,
    /// What fills the template. Operators take text values only.
    pub template_params: BTreeMap<String, String>,
    /// Our number of this sending; it comes back in delivery receipts.
    pub sending_id: String,
}

/// One call to one phone: a voice reads the template aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceCall {
    /// 11 digits, mainland China.
    pub phone: String,
    /// The operator's number of the approved text.
    pub template_code: String,
    pub template_params: BTreeMap<String, String>,
    /// Our number of this call.
    pub sending_id: String,
}

/// The operator has taken the message. Whether it reached the phone is told later, by a delivery receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsReceipt {
    /// The operator's number of the message.
    pub biz_id: String,
}

/// A message that was not surely taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// The operator said no and sent nothing.
    #[error("refused with {code}: {message}")]
    Refused {
        /// Such as `isv.BUSINESS_LIMIT_CONTROL`.
        code: String,
        /// The operator's own words, for the log.
        message: String,
    },
    /// The message may be on its way. The operator would send a repeated one twice.
    #[error("outcome unknown: {0}")]
    Unknown(Unknown),
}

impl SmsError {
    /// The phone, the signature or the account got too many messages: later it may work.
    pub fn is_rate_limited(&self) -> bool {
        let Self::Refused { code, .. } = self else {
            return false;
        };
        code.ends_with("_LIMIT_CONTROL") || code.starts_with("Throttling")
    }
}

/// A message on its way to the operator.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<SmsReceipt, SmsError>> + Send + 'a>>;

/// Whoever can send a text message.
pub trait SmsSender: Send + Sync {
    /// Hands `message` to the operator once.
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a>;

    /// Has the operator ring a phone once and read to it.
    fn ring<'a>(&'a self, call: &'a VoiceCall) -> Sending<'a>;
}
