//! Outside formats, bytes in and bytes out: message signing, PDF certificates and their signatures, QR codes.

pub mod acs3_sign;
pub mod authority;
pub mod certificate_pdf;
pub mod jose;
pub mod pades;
pub mod qr;
pub mod totp;
pub mod ukey;
pub mod webauthn;
pub mod wechat_sign;
