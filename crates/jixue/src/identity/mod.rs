//! Accounts, sign-in, sessions, grants. The only room that gives a `Scope` to a person.

mod accounts;
mod activation;
mod anew;
mod bindings;
mod browsers;
mod codes;
mod confirmation;
mod corrected;
mod devices;
mod duties;
mod efforts;
mod factors;
mod forgetting;
mod grants;
mod hats;
mod looking;
mod pages;
mod password;
mod recovery;
mod registrations;
mod saved_views;
mod sessions;
mod setup;
mod sign_in;
mod store;

pub use accounts::{NewAccount, has_account, open_account};
pub use anew::learner_holds_office;
pub use codes::send_sms;
pub use confirmation::{Confirmed, SessionOf, to_confirmation};
pub use corrected::{move_phone, rename_account};
pub use devices::{Sightings, device_of, note_seen};
pub use forgetting::forget;
pub use grants::{
    Api, CATALOGUE as GRANT_CATALOGUE, Grant, Granting, deputize, give_grant, give_role, grants_at_unit, grants_of,
    has_clerk, is_independent, name_by_operator, take_care, take_grant, take_grant_by_operator, units_merged,
    units_parted,
};
pub use hats::hats_of;
pub use looking::{CATALOGUE as LOOKING_CATALOGUE, begin_view, end_view};
pub use pages::routes;
pub use password::hash_password;
pub use recovery::open_by_operator;
pub use saved_views::{Bar, Listed, Opened, open_list};
pub use sessions::{caller_of, csrf_of, end_session, open_session, wear};
pub use setup::{first_officer, make_setup_token};
pub use store::CATALOGUE;

/// Statements of the parts below this room.
pub const PART_CATALOGUES: &[&[(&str, &str)]] = &[
    store::browsers::CATALOGUE,
    store::codes::CATALOGUE,
    store::pending::CATALOGUE,
    bindings::CATALOGUE,
    efforts::CATALOGUE,
    activation::CATALOGUE,
    recovery::CATALOGUE,
    registrations::CATALOGUE,
    saved_views::CATALOGUE,
    confirmation::CATALOGUE,
    devices::CATALOGUE,
    factors::CATALOGUE,
    password::CATALOGUE,
];

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
    /// On every guesser's list, or nearly.
    PasswordWeak,
    /// It says the person's name or a number of theirs.
    PasswordPersonal,
    /// The account has neither phone nor login to type beside it.
    PasswordWithoutName,
    /// The account has no phone: the password is its only way in.
    PasswordNeeded,
    /// A wrong code or passkey, one that was used before, or one of another account.
    FactorWrong,
    /// No passkey of ours, a wrong answer, or one to an old question: one answer for all.
    PasskeyWrong,
    /// What was asked has waited too long, or was answered before.
    FactorStale,
    /// The passkey is registered already.
    FactorKnown,
    TooManyFactors,
    /// Recovery codes are for those who have a second factor.
    FactorMissing,
    /// No code can be sent to an account without a phone.
    PhoneMissing,
    /// An officer must keep one.
    LastFactorNeeded,
    /// What was typed is no identity number.
    IdentityMalformed,
    /// Wrong code, old code, or no such number: one answer for all.
    ActivationCodeWrong,
    /// Somebody decided about it before.
    DecidedAlready,
    /// A decision that needs a reason came without.
    ReasonMissing,
    /// Nobody recovers their own account, and the second person is another than the first.
    RecoveryByOneself,
    /// One of the two persons gave the other the right to decide, or the second got it after the first had begun.
    RecoveryNotIndependent,
    /// A unit's name has two to sixty letters.
    UnitNameUnfit,
    /// A unit has this code already.
    UnitKnown,
    /// The same firm or phone waits for an answer already.
    RegistrationWaits,
    /// The phone belongs to an account of another name.
    PhoneOfAnother,
    /// The person is known already, with another phone: their own record opens by activation.
    ActivationByCounty,
    /// The operator's token is wrong or too old.
    RecoveryTokenWrong,
    /// The roster gives the phone to another person than the account.
    PhoneReissued,
    /// The account holds an office besides: a clerk alone cannot give it another telephone.
    HoldsOffice,
    /// A sign-in that was half done took too long, or too many tries.
    SignInOver,
    /// The hat asks for a second factor that this session has not given.
    FactorNeeded,
    /// What was typed to confirm oneself is wrong, or of a kind that does not count for this account.
    ConfirmationWrong,
    LoginUnfit,
    LoginTaken,
    /// Nobody came back from the other side, or another browser did.
    BindingFailed,
    /// Whoever came back is bound to no account.
    BindingMissing,
    /// It is another account's.
    BindingOfAnother,
    /// The account has one of its kind already.
    BindingOneOnly,
    /// Without it nobody could come in.
    BindingLastWay,
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
            Self::PasswordWeak => "password.weak",
            Self::PasswordPersonal => "password.personal",
            Self::PasswordWithoutName => "password.without_name",
            Self::PasswordNeeded => "password.needed",
            Self::FactorWrong => "factor.wrong",
            Self::PasskeyWrong => "sign_in.passkey_wrong",
            Self::FactorStale => "factor.stale",
            Self::FactorKnown => "factor.known",
            Self::TooManyFactors => "factor.too_many",
            Self::FactorMissing => "factor.missing",
            Self::PhoneMissing => "confirmation.phone_missing",
            Self::LastFactorNeeded => "factor.last_needed",
            Self::IdentityMalformed => "activation.identity_malformed",
            Self::ActivationCodeWrong => "activation.code_wrong",
            Self::DecidedAlready => "activation.decided_already",
            Self::ReasonMissing => "activation.reason_missing",
            Self::RecoveryByOneself => "recovery.by_oneself",
            Self::RecoveryNotIndependent => "recovery.not_independent",
            Self::UnitNameUnfit => "registration.name_unfit",
            Self::UnitKnown => "registration.unit_known",
            Self::RegistrationWaits => "registration.waits",
            Self::PhoneOfAnother => "registration.phone_of_another",
            Self::ActivationByCounty => "registration.activation_by_county",
            Self::RecoveryTokenWrong => "recovery.token_wrong",
            Self::PhoneReissued => "sign_in.phone_reissued",
            Self::HoldsOffice => "activation.holds_office",
            Self::SignInOver => "sign_in.over",
            Self::FactorNeeded => "sign_in.factor_needed",
            Self::ConfirmationWrong => "confirmation.wrong",
            Self::LoginUnfit => "sign_in.login_unfit",
            Self::LoginTaken => "sign_in.login_taken",
            Self::BindingFailed => "binding.failed",
            Self::BindingMissing => "binding.missing",
            Self::BindingOfAnother => "binding.of_another",
            Self::BindingOneOnly => "binding.one_only",
            Self::BindingLastWay => "binding.last_way",
            Self::GrantMissing => "sign_in.grant_missing",
            Self::SetupTokenWrong => "sign_in.setup_token_wrong",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::PhoneMalformed
            | Self::CodeWrong
            | Self::PasswordWrong
            | Self::PasswordUnfit
            | Self::PasswordWeak
            | Self::PasswordPersonal
            | Self::FactorWrong
            | Self::FactorStale
            | Self::PasskeyWrong
            | Self::SignInOver
            | Self::IdentityMalformed
            | Self::ActivationCodeWrong
            | Self::ReasonMissing
            | Self::RecoveryTokenWrong
            | Self::UnitNameUnfit
            | Self::ConfirmationWrong
            | Self::BindingFailed
            | Self::BindingMissing
            | Self::LoginUnfit => Kind::Invalid,
            Self::TooManyCodes | Self::CodeTooSoon => Kind::TooMany,
            Self::LoginTaken
            | Self::PhoneReissued
            | Self::HoldsOffice
            | Self::DecidedAlready
            | Self::FactorNeeded
            | Self::UnitKnown
            | Self::RegistrationWaits
            | Self::PhoneOfAnother
            | Self::ActivationByCounty
            | Self::RecoveryByOneself
            | Self::RecoveryNotIndependent
            | Self::BindingOfAnother
            | Self::BindingOneOnly
            | Self::BindingLastWay
            | Self::PasswordWithoutName
            | Self::PasswordNeeded
            | Self::FactorKnown
            | Self::TooManyFactors
            | Self::FactorMissing
            | Self::PhoneMissing
            | Self::LastFactorNeeded => Kind::Conflict,
            Self::GrantMissing | Self::SetupTokenWrong => Kind::Forbidden,
        }
    }
}
