//! The page of one's devices.

use super::{device_name, device_words, end_device, end_everywhere, store};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::identity::confirmation::SessionOf;
use crate::web::forms::Path;
use crate::web::{Html, Page, Policy, Routes, cookies};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

pub fn routes(routes: Routes) -> Routes {
    routes.get("/me/devices", Policy::SignedIn, index).post("/me/devices/ending", Policy::SignedIn, create_ending).post(
        "/me/devices/{device}/ending",
        Policy::SignedIn,
        create_device_ending,
    )
}

struct Line {
    name: String,
    device: String,
    since: String,
    seen: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "identity/devices.html")]
struct DevicesPage {
    page: Page,
    lines: Vec<Line>,
}

async fn index(State(app): State<App>, asking: SessionOf) -> Result<Html<DevicesPage>> {
    let (account, now) = (asking.caller.account, app.clock.now());
    let devices = app.db.read(async move |tx: &Tx<'_>| store::open_devices(tx, account, now).await).await?;
    let page = Page::of(&app, &asking.caller);
    let line = |device: super::Device| Line {
        name: device_name(&device.digest),
        device: device_words(&page.t, &device.agent),
        since: device.created_at.china_minutes(),
        seen: device.seen_at.china_minutes(),
        is_this: device.digest == asking.digest,
    };
    let lines = devices.into_iter().map(line).collect();
    Ok(Html(DevicesPage { page, lines }))
}

async fn create_device_ending(
    State(app): State<App>,
    asking: SessionOf,
    Path(device): Path<String>,
) -> Result<Redirect> {
    end_device(&app, &asking.caller, &device).await?;
    Ok(Redirect::to("/me/devices?done=device_ended"))
}

async fn create_ending(State(app): State<App>, asking: SessionOf) -> Result<Response> {
    let (account, now) = (asking.caller.account, app.clock.now());
    app.db.write(async move |tx: &Tx<'_>| end_everywhere(tx, account, now).await).await?;
    let secure = app.config.secure_cookies();
    let cookie = cookies::set(cookies::session(secure), "", 0, secure);
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to("/sign-in?done=signed_out_everywhere"))
        .into_response())
}
