//! The gateway's refusals: status, symbolic code, number, and its own words.

use super::orders::OrderRefusal;

/// One refusal as it goes over the wire. The number is the tail of `Request-Id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WireRefusal {
    pub status: u16,
    pub code: &'static str,
    pub number: u32,
    pub message: &'static str,
}

const fn wire(status: u16, code: &'static str, number: u32, message: &'static str) -> WireRefusal {
    WireRefusal { status, code, number, message }
}

pub const SIGNATURE: WireRefusal = wire(401, "SIGN_ERROR", 268_443_699, "签名错误，请检查后再试");
pub const PARAMETER: WireRefusal = wire(400, "PARAM_ERROR", 268_435_461, "参数错误，请检查后再试");
pub const ACCOUNTS: WireRefusal = wire(400, "APPID_MCHID_NOT_MATCH", 268_445_527, "商户号与公众账号不匹配");
pub const RATE: WireRefusal = wire(429, "FREQUENCY_LIMITED", 268_447_840, "频率限制，请稍后再试");
pub const SYSTEM: WireRefusal = wire(500, "SYSTEM_ERROR", 268_435_460, "系统繁忙，请用原参数再试");

/// How the gateway words what its order book refused.
pub fn of_order(refusal: OrderRefusal) -> WireRefusal {
    match refusal {
        OrderRefusal::Absent => wire(404, "ORDER_NOT_EXIST", 268_512_771, "订单不存在"),
        OrderRefusal::ParametersDiffer => {
            wire(400, "INVALID_REQUEST", 268_498_688, "商户订单号重复，且参数与首次请求不一致")
        }
        OrderRefusal::Paid => wire(400, "ORDER_PAID", 268_449_538, "该订单已支付"),
        OrderRefusal::Closed => wire(400, "ORDER_CLOSED", 268_447_914, "该订单已关闭"),
        OrderRefusal::Expired => wire(400, "INVALID_REQUEST", 268_447_914, "该订单已过期"),
    }
}
