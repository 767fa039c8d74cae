//! Opening a list: with the filter of its address, or with the one it is to begin with.

use super::{Listed, SavedView, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::web::Caller;
use axum::response::Redirect;
use jixue_core::id::SavedViewId;

/// One of the views above a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    pub name: String,
    pub href: String,
    pub is_open: bool,
    pub is_start: bool,
}

/// What stands above a list: its views, and what can be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub list: &'static str,
    pub tabs: Vec<Tab>,
    pub whole_href: String,
    /// The filter as it is now; empty for the whole list.
    pub filter: String,
    /// The view that is open, to be renamed or deleted.
    pub open: Option<SavedViewId>,
}

impl Bar {
    fn of(list: Listed, filter: String, views: &[SavedView]) -> Self {
        let tab = |view: &SavedView| Tab {
            name: view.name.clone(),
            href: list.address(&view.filter),
            is_open: view.filter == filter,
            is_start: view.is_start,
        };
        Self {
            list: list.code(),
            tabs: views.iter().map(tab).collect(),
            whole_href: list.address(""),
            open: views.iter().find(|view| view.filter == filter).map(|view| view.id),
            filter,
        }
    }

    pub fn can_save(&self) -> bool {
        !self.filter.is_empty() && self.open.is_none()
    }
}

/// How a list opens.
pub enum Opened {
    With(Bar),
    /// The address asked for nothing, and the list begins with a view.
    Elsewhere(Redirect),
}

/// The views of a list for whoever opens it. An address without any query leads to the view with which it begins.
pub async fn open_list(app: &App, caller: &Caller, list: Listed) -> Result<Opened> {
    let account = caller.account;
    let views = app.db.read(async move |tx: &Tx<'_>| store::views(tx, account, list).await).await?;
    let Some((_, query)) = caller.visitor.path.split_once('?') else {
        return Ok(match views.iter().find(|view| view.is_start) {
            Some(start) => Opened::Elsewhere(Redirect::to(&list.address(&start.filter))),
            None => Opened::With(Bar::of(list, String::new(), &views)),
        });
    };
    Ok(Opened::With(Bar::of(list, list.filter_in(query), &views)))
}
