//! What people send: forms, ids in paths, files. Every refusal is a sentence in the reader's language.

use super::guard::CsrfInBody;
use crate::error::{Error, Refused};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use jixue_core::refusal::Kind;
use serde::de::DeserializeOwned;

/// A url-encoded form, or JSON of the same fields.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

fn unreadable() -> Error {
    Refused::new("request.unreadable", Kind::Invalid).into()
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind =
            request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let bytes =
            Bytes::from_request(request, state).await.map_err(|_| Refused::new("request.too_large", Kind::TooLarge))?;
        if kind.starts_with("application/json") {
            return serde_json::from_slice(&bytes).map(Self).map_err(|_| unreadable());
        }
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Refused::new("request.wrong_type", Kind::Unsupported).into());
        }
        let uri = axum::http::Uri::builder().path_and_query(format!("/?{}", text(&bytes)?)).build();
        let uri = uri.map_err(|_| unreadable())?;
        axum::extract::Query::try_from_uri(&uri).map(|query| Self(query.0)).map_err(|_| unreadable())
    }
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| unreadable())
}

/// A query string.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|_| unreadable())
    }
}

/// Values in the path. What is not an id is simply not there: 404, not 400.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| Refused::not_found().into())
    }
}

/// A form as it was sent, for fields that repeat or whose names carry ids.
#[derive(Debug, Clone)]
pub struct RawForm(Bytes);

impl<S: Send + Sync> FromRequest<S> for RawForm {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = Bytes::from_request(request, state).await;
        bytes.map(Self).map_err(|_| Refused::new("request.too_large", Kind::TooLarge).into())
    }
}

impl RawForm {
    /// Every value of a field; 5,000 at most.
    pub fn all(&self, name: &str) -> Vec<String> {
        fields(&self.0, name)
    }

    /// The first value of a field.
    pub fn first(&self, name: &str) -> Option<String> {
        field(&self.0, name)
    }

    /// Name and value of each field; what is not UTF-8 is left out.
    pub fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        let text = std::str::from_utf8(&self.0).unwrap_or_default();
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter_map(|(name, value)| Some((decode(name)?, decode(value)?)))
    }
}

/// Every value of a repeated form field, percent-decoded; 5,000 at most.
pub fn fields(bytes: &[u8], name: &str) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| *key == name)
        .filter_map(|(_, value)| decode(value))
        .take(5_000)
        .collect()
}

/// The first value of a form field.
pub fn field(bytes: &[u8], name: &str) -> Option<String> {
    fields(bytes, name).into_iter().next()
}

fn decode(value: &str) -> Option<String> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let (high, low) = (bytes.next()?, bytes.next()?);
                let digit = |byte: u8| char::from(byte).to_digit(16);
                out.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
            }
            byte => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

/// One uploaded file with the plain fields that came before it.
#[derive(Debug, Clone)]
pub struct Upload {
    pub file_name: String,
    pub bytes: Bytes,
    pub fields: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let expected = request.extensions().get::<CsrfInBody>().cloned();
        let CsrfInBody(expected) =
            expected.ok_or_else(|| Error::internal("an upload route must be declared with Routes::upload"))?;
        let wrong_type = |_| Refused::new("request.wrong_type", Kind::Unsupported);
        let multipart = Multipart::from_request(request, state).await.map_err(wrong_type)?;
        read_upload(multipart, expected).await
    }
}

async fn read_upload(mut multipart: Multipart, mut expected: Option<String>) -> Result<Upload, Error> {
    let mut fields = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|_| broken_off())? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|error| match error.status().as_u16() {
            413 => Refused::new("request.too_large", Kind::TooLarge),
            _ => broken_off(),
        })?;
        // The token comes first: nothing else of a forged upload is even looked at.
        if let Some(token) = expected.take() {
            if name != "csrf" || bytes != token.as_bytes() {
                return Err(Refused::new("request.stale_form", Kind::Forbidden).into());
            }
            continue;
        }
        match file_name {
            Some(file_name) if !bytes.is_empty() => {
                return Ok(Upload { file_name, bytes, fields });
            }
            Some(_) => return Err(Refused::new("request.file_missing", Kind::Invalid).into()),
            None if fields.len() < 32 => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            None => return Err(unreadable()),
        }
    }
    Err(Refused::new("request.file_missing", Kind::Invalid).into())
}

fn broken_off() -> Refused {
    Refused::new("request.upload_broken", Kind::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_fields_are_all_read() {
        let body = b"csrf=abc&who=1&who=2&name=%E6%9D%8E+%E6%99%93";
        assert_eq!(fields(body, "who"), ["1", "2"]);
        assert_eq!(field(body, "name").as_deref(), Some("李 晓"));
        assert_eq!(field(b"name=%E6%9", "name"), None);
        assert_eq!(field(b"\xff=1", "name"), None);
    }
}
