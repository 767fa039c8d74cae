//! Accounts, sign-in, sessions, grants. The only room that gives a `Scope` to a person.

mod accounts;
mod codes;
mod corrected;
mod duties;
mod forgetting;
mod grants;
mod hats;
mod looking;
mod pages;
mod passwords;
mod sessions;
mod setup;
mod store;

pub use accounts::{NewAccount, has_account, open_account};
pub use codes::{request_code, send_sms};
pub use corrected::{move_phone, rename_account};
pub use forgetting::forget;
pub use grants::{
    Api, CATALOGUE as GRANT_CATALOGUE, Grant, Granting, deputize, give_grant, give_role, grants_of, name_by_operator,
    take_grant, take_grant_by_operator,
};
pub use hats::hats_of;
pub use looking::{CATALOGUE as LOOKING_CATALOGUE, begin_view, end_view};
pub use pages::routes;
pub use passwords::hash_password;
pub use sessions::{caller_of, csrf_of, end_session, open_session, sign_in_by_code, sign_in_by_password, wear};
pub use setup::{first_officer, make_setup_token};
pub use store::CATALOGUE;

use jixue_core::refusal::{Kind, Refusal};

/// Why somebody cannot come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityRefusal {
    /// What was typed is no mainland mobile number.
    PhoneMalformed,
    /// The number got as many codes today as it may.
    TooManyCodes,
    /// The last code was sent less than a minute ago.
    CodeTooSoon,
    /// Wrong code, old code, or no such number: one answer for all.
    CodeWrong,
    /// Wrong login or password: one answer for both.
    PasswordWrong,
    /// Shorter than twelve characters, or longer than 128.
    PasswordUnfit,
    LoginUnfit,
    LoginTaken,
    /// The hat is not this account's, or was taken away.
    GrantMissing,
    /// The setup token is wrong, old or used.
    SetupTokenWrong,
}

impl Refusal for IdentityRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::PhoneMalformed => "sign_in.phone_malformed",
            Self::TooManyCodes => "sign_in.too_many_codes",
            Self::CodeTooSoon => "sign_in.code_too_soon",
            Self::CodeWrong => "sign_in.code_wrong",
            Self::PasswordWrong => "sign_in.password_wrong",
            Self::PasswordUnfit => "sign_in.password_unfit",
            Self::LoginUnfit => "sign_in.login_unfit",
            Self::LoginTaken => "sign_in.login_taken",
            Self::GrantMissing => "sign_in.grant_missing",
            Self::SetupTokenWrong => "sign_in.setup_token_wrong",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::PhoneMalformed | Self::CodeWrong | Self::PasswordWrong | Self::PasswordUnfit | Self::LoginUnfit => {
                Kind::Invalid
            }
            Self::TooManyCodes | Self::CodeTooSoon => Kind::TooMany,
            Self::LoginTaken => Kind::Conflict,
            Self::GrantMissing | Self::SetupTokenWrong => Kind::Forbidden,
        }
    }
}
