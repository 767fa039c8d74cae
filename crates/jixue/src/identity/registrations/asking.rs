//! Leaving a registration: what is asked for is checked, the contact's phone is proved by a code.

use super::store::{self, NewRegistration};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::identity::browsers::Browser;
use crate::identity::{IdentityRefusal, codes};
use jixue_core::id::RegistrationId;
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::org::{PersonName, Phone};
use jixue_core::refusal::Kind;
use jixue_core::uscc::Uscc;
use jixue_standards::totp::base32;
use serde::Deserialize;

/// Industries to choose from; each has words as `registration_industry.…`.
pub(super) const INDUSTRIES: [&str; 8] =
    ["health", "education", "agriculture", "construction", "manufacturing", "culture", "services", "other"];
const NAME_LETTERS_MAX: usize = 60;

/// What is sent; the same fields in both steps.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct RegistrationForm {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub uscc: String,
    #[serde(default)]
    pub unit_name: String,
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub industry: String,
    #[serde(default)]
    pub contact: String,
    #[serde(default)]
    pub identity: String,
    #[serde(default)]
    pub phone: String,
    /// The code sent to the phone; none in the first step.
    pub code: Option<String>,
}

/// A registration whose every part is sound.
pub(super) struct Sound {
    uscc: Option<Uscc>,
    unit_name: String,
    contact: PersonName,
    identity: Option<IdentityNumber>,
    pub phone: Phone,
}

impl RegistrationForm {
    pub fn is_firm(&self) -> bool {
        self.kind != "freelancer"
    }

    /// Checks every part.
    ///
    /// # Errors
    /// The first that is not sound.
    pub fn check(&self, app: &App) -> Result<Sound> {
        let contact = PersonName::parse(&self.contact)?;
        let phone = Phone::parse(&self.phone).map_err(|_| IdentityRefusal::PhoneMalformed)?;
        let missing = |code| Refused::new(code, Kind::Invalid);
        if self.region.is_empty() {
            return Err(missing("registration.region_missing").into());
        }
        if self.industry.is_empty() {
            return Err(missing("registration.industry_missing").into());
        }
        if !INDUSTRIES.contains(&self.industry.as_str()) {
            return Err(Refused::not_found().into());
        }
        if self.is_firm() {
            let unit_name: String = self.unit_name.split_whitespace().collect();
            if !(2..=NAME_LETTERS_MAX).contains(&unit_name.chars().count()) {
                return Err(IdentityRefusal::UnitNameUnfit.into());
            }
            let uscc = Some(Uscc::parse(&self.uscc)?);
            return Ok(Sound { uscc, unit_name, contact, identity: None, phone });
        }
        let policy = AreaPolicy::ANY.with_demo(app.config.demo);
        let identity = IdentityNumber::parse(&self.identity, app.clock.now().business_date(), policy)
            .map_err(|_| IdentityRefusal::IdentityMalformed)?;
        // One line of the registry for each. A unit's name is shown to many: four letters that only our key makes from
        // the number tell namesakes apart, and no digit of it.
        let letters = base32(&app.keys.lasting_digest("free-lancer", identity.revealed()));
        let unit_name = format!("{}（{}）", contact.as_str(), &letters[..4]);
        Ok(Sound { uscc: None, unit_name, contact, identity: Some(identity), phone })
    }
}

/// Sends a code to the contact's phone.
pub(super) async fn begin(app: &App, browser: &Browser, form: &RegistrationForm) -> Result<Sound> {
    let sound = form.check(app)?;
    codes::send_code(app, browser, &sound.phone).await?;
    Ok(sound)
}

/// Leaves the registration once the code is right.
///
/// # Errors
/// A wrong code; a firm that is a unit already; one that waits already.
pub(super) async fn finish(app: &App, browser: &Browser, form: &RegistrationForm, code: &str) -> Result<()> {
    let sound = form.check(app)?;
    let (at, phone, digest, code) = (app.at(), sound.phone.clone(), browser.digest(), code.trim().to_owned());
    let write = async move |tx: &Tx<'_>| codes::take_code(tx, &at, &phone, &digest, &code).await;
    if !app.db.write(write).await? {
        return Err(IdentityRefusal::CodeWrong.into());
    }
    let (at, form) = (app.at(), form.clone());
    let phone_sealed = at.keys.seal("phone", sound.phone.revealed().as_bytes());
    let identity = sound.identity.as_ref();
    let identity = identity.map(|number| (at.keys.seal("identity", number.revealed().as_bytes()), number.to_string()));
    let write = async move |tx: &Tx<'_>| {
        let regions = crate::org::regions(tx).await?;
        if !regions.iter().any(|region| region.code == form.region) {
            return Err(Refused::not_found().into());
        }
        if let Some(uscc) = &sound.uscc
            && crate::org::unit_by_uscc(tx, uscc).await?.is_some()
        {
            return Err(IdentityRefusal::UnitKnown.into());
        }
        let new = NewRegistration {
            registration: at.ids.next::<RegistrationId>(),
            kind: if form.is_firm() { "firm" } else { "freelancer" },
            uscc: sound.uscc.as_ref().map(Uscc::as_str),
            unit_name: &sound.unit_name,
            region_code: &form.region,
            industry: &form.industry,
            contact_name: sound.contact.as_str(),
            phone_index: &codes::phone_index(&at, &sound.phone),
            phone_sealed: &phone_sealed,
            phone_masked: &sound.phone.to_string(),
            identity: identity.as_ref().map(|(sealed, masked)| (sealed.as_slice(), masked.as_str())),
            now: at.now,
        };
        match store::insert(tx, &new).await? {
            true => Ok(()),
            false => Err(Error::from(IdentityRefusal::RegistrationWaits)),
        }
    };
    app.db.write(write).await
}
