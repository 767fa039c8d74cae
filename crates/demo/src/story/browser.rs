//! A person's browser: cookies, redirects, forms of the page, and the token that scripts send.

use super::forms::{self, Form};
use anyhow::{Context, bail, ensure};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, RANGE, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// More would be a loop.
const REDIRECTS_MAX: usize = 8;
const BOUNDARY: &str = "jixue-form-part-7d1f0c2a";

/// A browser on one site. What it may do there depends on who signed in with it.
pub struct Browser {
    client: reqwest::Client,
    base_url: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page or file that was answered with success.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where redirects led: path and query.
    pub path: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn html(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// What a reader reads.
    pub fn words(&self) -> String {
        forms::words(self.html().split("<main").nth(1).unwrap_or_else(|| self.html()))
    }

    /// # Errors
    /// When no form of the page goes there.
    pub fn form_to(&self, action: &str) -> anyhow::Result<Form> {
        forms::form_to(self.html(), action)
    }

    /// The first form whose address begins so.
    ///
    /// # Errors
    /// When there is none.
    pub fn form_below(&self, start: &str) -> anyhow::Result<Form> {
        let found = forms::forms(self.html()).into_iter().find(|form| form.action.starts_with(start));
        found.with_context(|| format!("{} has no form below {start}: {}", self.path, forms::excerpt(self.html())))
    }

    /// Every address that a link of the page leads to.
    pub fn links(&self) -> Vec<String> {
        let anchors = forms::tags(self.html()).filter(|tag| tag.name == "a");
        anchors.filter_map(|tag| tag.attribute("href")).collect()
    }

    /// The first link that begins so.
    ///
    /// # Errors
    /// When there is none.
    pub fn link_below(&self, start: &str) -> anyhow::Result<String> {
        let found = self.links().into_iter().find(|link| link.starts_with(start));
        found.with_context(|| format!("{} has no link below {start}: {}", self.path, forms::excerpt(self.html())))
    }

    /// The value of an attribute on the first element that has it.
    ///
    /// # Errors
    /// When no element has it.
    pub fn attribute(&self, name: &str) -> anyhow::Result<String> {
        let found = forms::tags(self.html()).find_map(|tag| tag.attribute(name));
        found.with_context(|| format!("{} has no {name}: {}", self.path, forms::excerpt(self.html())))
    }

    /// # Errors
    /// When a reader would not find these words.
    pub fn says(&self, words: &str) -> anyhow::Result<()> {
        ensure!(self.words().contains(words), "{} does not say {words:?}: {}", self.path, forms::excerpt(self.html()));
        Ok(())
    }

    /// What scripts of the page send back.
    ///
    /// # Errors
    /// When the page carries no token.
    pub fn csrf(&self) -> anyhow::Result<String> {
        let token = forms::tags(self.html()).find(|tag| tag.attribute("name").as_deref() == Some("csrf"));
        let value = token.and_then(|tag| tag.attribute("content").or_else(|| tag.attribute("value")));
        value.filter(|value| !value.is_empty()).with_context(|| format!("{} carries no csrf token", self.path))
    }
}

impl Browser {
    pub fn new(base_url: &str) -> anyhow::Result<Self> {
        // The provider of this process may have been chosen already; it is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self { client, base_url: base_url.to_owned(), cookies: Mutex::default() })
    }

    /// Opens an address of the site.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn get(&self, path: &str) -> anyhow::Result<Page> {
        let response = self.send(self.request(Method::GET, path)).await?;
        self.follow(path, response).await
    }

    /// Presses a form's button.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn submit(&self, form: &Form) -> anyhow::Result<Page> {
        if form.method != "post" {
            let query = encoded(&form.fields);
            return self.get(&format!("{}?{query}", form.action)).await;
        }
        let request = self.request(Method::POST, &form.action).header(ORIGIN, &self.base_url);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(&form.fields));
        let response = self.send(request).await?;
        self.follow(&form.action, response).await
    }

    /// Sends a form with a file.
    ///
    /// # Errors
    /// When it is not answered with success.
    pub async fn upload(&self, form: &Form, field: &str, file_name: &str, bytes: &[u8]) -> anyhow::Result<Page> {
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let disposition = format!("content-disposition: form-data; name=\"{field}\"; filename=\"{file_name}\"");
        body.extend(
            format!("--{BOUNDARY}\r\n{disposition}\r\ncontent-type: {}\r\n\r\n", jixue::sheet::MEDIA_TYPE).into_bytes(),
        );
        body.extend(bytes);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request =
            self.request(Method::POST, &form.action).header(ORIGIN, &self.base_url).header(CONTENT_TYPE, kind);
        let response = self.send(request.body(body)).await?;
        self.follow(&form.action, response).await
    }

    /// What a page's script asks for.
    ///
    /// # Errors
    /// When the answer is no success or no JSON.
    pub async fn get_json(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.request(Method::GET, path).header("accept", "application/json");
        json(path, self.send(request).await?).await
    }

    /// What a page's script sends, with the page's token.
    ///
    /// # Errors
    /// When the answer is no success or no JSON.
    pub async fn send_json(&self, method: Method, path: &str, csrf: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.request(method, path).header(ORIGIN, &self.base_url).header("x-csrf", csrf);
        json(path, self.send(request.json(body)).await?).await
    }

    /// The bytes from `first` to `last` of a file, as a film's player asks for them.
    ///
    /// # Errors
    /// When nothing is answered.
    pub async fn range(&self, path: &str, first: u64, last: u64) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let request = self.request(Method::GET, path).header(RANGE, format!("bytes={first}-{last}"));
        let response = self.send(request).await?;
        Ok((response.status(), response.bytes().await?.to_vec()))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base_url) };
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, url).header("accept-language", "zh-CN,zh;q=0.9");
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let response = request.send().await?;
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for set in response.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = set.split(';').next().unwrap_or_default();
            match pair.split_once('=') {
                Some((name, "")) => drop(cookies.remove(name)),
                Some((name, value)) => drop(cookies.insert(name.to_owned(), value.to_owned())),
                None => {}
            }
        }
        Ok(response)
    }

    async fn follow(&self, path: &str, mut response: Response) -> anyhow::Result<Page> {
        let mut path = path.to_owned();
        for _ in 0..REDIRECTS_MAX {
            if response.status().is_redirection() {
                let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
                location.context("a redirect without an address")?.clone_into(&mut path);
                response = self.send(self.request(Method::GET, &path)).await?;
                continue;
            }
            let status = response.status();
            let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let media_type = media_type.unwrap_or_default().to_owned();
            let bytes = response.bytes().await?.to_vec();
            let page = Page { path, media_type, bytes };
            ensure!(status.is_success(), "{} answered {status}: {}", page.path, forms::excerpt(page.html()));
            return Ok(page);
        }
        bail!("{path} leads round in circles")
    }
}

async fn json(path: &str, response: Response) -> anyhow::Result<Value> {
    let status = response.status();
    let text = response.text().await?;
    ensure!(status.is_success(), "{path} answered {status}: {text}");
    serde_json::from_str(&text).with_context(|| format!("{path} answered no JSON: {text}"))
}

/// Fields as a form sends them.
fn encoded(fields: &[(String, String)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Everything but letters, digits and `-_.~` as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    jixue_standards::acs3_sign::percent_encoded(text)
}
