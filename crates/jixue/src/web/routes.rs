//! Routes and who may come in. There is no way to add a route without saying so.

use super::guard::{Guarded, guard};
use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use jixue_core::role::Role;
use std::convert::Infallible;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Anybody, signed in or not.
    Public,
    /// Anybody with a session, whatever the hat.
    SignedIn,
    /// A person in the learner's hat.
    Learner,
    /// A session wearing one of these hats.
    Hats(&'static [Role]),
    /// Another machine, which proves itself by signing what it sends; no cookie counts.
    Machine,
    /// The operator's own network, by address.
    Operator,
}

impl Policy {
    /// Clerk of a unit.
    pub const UNIT: Self = Self::Hats(&[Role::UnitClerk]);
    /// Whoever's role gives another.
    pub const GIVING: Self = Self::Hats(&[
        Role::BureauOfficer,
        Role::CountyOfficer,
        Role::IndustryOfficer,
        Role::BaseManager,
        Role::SecurityAdministrator,
    ]);
    /// Whoever keeps the registry: officers, and clerks for their unit.
    pub const REGISTRY: Self = Self::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::UnitClerk]);
    /// Whoever reads the registry and its figures: officers, those of an industry system too.
    pub const WATCHING: Self = Self::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::IndustryOfficer]);
    /// As `WATCHING`, and clerks for their unit.
    pub const REGISTRY_READING: Self =
        Self::Hats(&[Role::BureauOfficer, Role::CountyOfficer, Role::IndustryOfficer, Role::UnitClerk]);
    /// Officers of the root bureau.
    pub const BUREAU: Self = Self::Hats(&[Role::BureauOfficer]);
    /// Officers of the root bureau and of counties.
    pub const OFFICER: Self = Self::Hats(&[Role::BureauOfficer, Role::CountyOfficer]);
}

/// What a request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing, a form, or JSON, up to 256 KiB.
    Small,
    /// A multipart upload up to the configured size; its first field is the CSRF token.
    Upload,
}

/// A declared route; the policy matrix is generated from these.
#[derive(Debug, Clone)]
pub struct Declared {
    pub method: Method,
    pub path: &'static str,
    pub policy: Policy,
    pub body: Body,
}

/// A slice's routes. Each handler is wrapped in the guard of its policy.
pub struct Routes {
    app: App,
    router: Router<App>,
    declared: Vec<Declared>,
}

/// Small bodies: a form that names 5,000 people fits.
pub const SMALL_BODY_BYTES: usize = 256 << 10;

impl Routes {
    pub fn new(app: App) -> Self {
        Self { app, router: Router::new(), declared: Vec::new() }
    }

    pub fn get<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::GET, path, policy, Body::Small, handler)
    }

    pub fn post<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::POST, path, policy, Body::Small, handler)
    }

    pub fn put<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::PUT, path, policy, Body::Small, handler)
    }

    /// A POST that takes a file.
    pub fn upload<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::POST, path, policy, Body::Upload, handler)
    }

    fn add<H, T>(mut self, method: Method, path: &'static str, policy: Policy, body: Body, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).expect("a common method");
        let limit = match body {
            Body::Small => SMALL_BODY_BYTES,
            Body::Upload => self.app.config.limits.upload_bytes_max,
        };
        let guarded = Guarded { app: self.app.clone(), path, policy, body };
        let handler: MethodRouter<App> = on(filter, handler);
        let route = handler.layer::<_, Infallible>(from_fn_with_state(guarded, guard));
        let route = route.layer::<_, Infallible>(DefaultBodyLimit::max(limit));
        self.router = self.router.route(path, route);
        self.declared.push(Declared { method, path, policy, body });
        self
    }

    /// Puts a slice's routes beside these.
    pub fn with(self, add: impl FnOnce(Self) -> Self) -> Self {
        add(self)
    }

    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    pub(super) fn into_router(self) -> Router<App> {
        self.router
    }
}
