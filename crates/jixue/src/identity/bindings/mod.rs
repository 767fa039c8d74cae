//! Bindings: a person's WeChat, or their account with an issuer, as a way into the account here.
//!
//! Who comes back is told by the other side to this program alone, never by the browser. A binding is made in a session that
//! has proved itself a short while ago; a second factor is owed after it as after any other first proof.

mod arrival;
mod departure;
mod oidc;
mod pages;
mod setting_off;
mod side;
mod store;
mod trips;
mod wechat;

pub use pages::routes;
pub(super) use pages::why_words;
pub(super) use store::{CATALOGUE, forget_trips, remove_bindings};
pub(super) use trips::Trip;
pub(super) use wechat::is_offered as wechat_is_offered;

use super::{IdentityRefusal, confirmation};
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::Result;
use crate::reactions::follow;
use jixue_core::fact::Fact;
use jixue_core::id::{AccountId, BindingId};
use jixue_core::time::Timestamp;

/// A binding as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    pub id: BindingId,
    /// `wechat:` and the official account's appid, or the issuer's address.
    pub provider: String,
    pub bound_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Binding {
    pub fn is_wechat(&self) -> bool {
        self.provider.starts_with("wechat:")
    }
}

/// Somebody whom another side vouches for. `Debug` shows nobody.
#[derive(Clone)]
pub(super) struct Outsider {
    pub provider: String,
    subject: String,
    /// WeChat's unionid.
    union: Option<String>,
}

impl std::fmt::Debug for Outsider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Outsider").field("provider", &self.provider).finish_non_exhaustive()
    }
}

impl Outsider {
    fn index(&self, at: &At) -> Vec<u8> {
        at.keys.blind_index("binding", &self.name())
    }

    /// Who it is there, in one line each: provider, subject, union.
    fn sealed(&self, at: &At) -> Vec<u8> {
        let union = self.union.as_deref().unwrap_or_default();
        at.keys.seal("binding", format!("{}\n{union}", self.name()).as_bytes())
    }

    /// One name for the person there, whoever it is.
    fn name(&self) -> String {
        format!("{}\n{}", self.provider, self.subject)
    }
}

pub(super) async fn bindings_of(tx: &Tx<'_>, account: AccountId) -> Result<Vec<Binding>> {
    store::bindings_of(tx, account).await
}

/// The account that somebody is bound to; noted as used.
async fn account_of(app: &App, outsider: &Outsider) -> Result<Option<AccountId>> {
    let (at, outsider) = (app.at(), outsider.clone());
    let write = async move |tx: &Tx<'_>| {
        let index = outsider.index(&at);
        let account = store::account_of(tx, &outsider.provider, &index).await?;
        if account.is_some() {
            store::note_use(tx, &outsider.provider, &index, at.now).await?;
        }
        Ok(account)
    };
    app.db.write(write).await
}

/// Binds somebody to an account. Again, it changes nothing.
///
/// # Errors
/// `binding.of_another` when it is another account's; `binding.one_only` when the account has another of its kind.
async fn bind(app: &App, account: AccountId, outsider: &Outsider) -> Result<()> {
    let (at, outsider) = (app.at(), outsider.clone());
    let write = async move |tx: &Tx<'_>| {
        let subject_index = outsider.index(&at);
        let union_index = outsider.union.as_ref().map(|union| at.keys.blind_index("unionid", union));
        let (binding, provider) = (at.ids.next::<BindingId>(), outsider.provider.as_str());
        let new = store::NewBinding {
            binding,
            account,
            provider,
            subject_index: &subject_index,
            union_index: union_index.as_deref(),
            subject_sealed: &outsider.sealed(&at),
            now: at.now,
        };
        if store::insert_binding(tx, &new).await? {
            let provider = provider.to_owned();
            return follow(tx, &at, vec![Fact::BindingAdded { account, binding, provider, at: at.now }]).await;
        }
        match store::account_of(tx, provider, &subject_index).await? {
            Some(known) if known == account => Ok(()),
            None if bindings_of(tx, account).await?.iter().any(|known| known.provider == provider) => {
                Err(IdentityRefusal::BindingOneOnly.into())
            }
            _ => Err(IdentityRefusal::BindingOfAnother.into()),
        }
    };
    app.db.write(write).await
}

/// Takes a binding away. Again, it changes nothing.
///
/// # Errors
/// `binding.last_way` when the account has neither phone nor password.
async fn unbind(app: &App, account: AccountId, provider: &str) -> Result<()> {
    let means = confirmation::means(app, account).await?;
    if means.phone.is_none() && !means.has_password {
        return Err(IdentityRefusal::BindingLastWay.into());
    }
    let (at, provider) = (app.at(), provider.to_owned());
    let write = async move |tx: &Tx<'_>| {
        let bindings = bindings_of(tx, account).await?;
        let Some(known) = bindings.into_iter().find(|known| known.provider == provider) else { return Ok(()) };
        if !store::remove_binding(tx, account, &provider, at.now).await? {
            return Ok(());
        }
        follow(tx, &at, vec![Fact::BindingRemoved { account, binding: known.id, at: at.now }]).await
    };
    app.db.write(write).await
}
