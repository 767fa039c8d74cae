//! Files of a lesson: film, captions, picture; by ranges, in pieces, to the holder of a ticket.

use super::ranges::{Wanted, wanted};
use super::tickets::Holder;
use crate::app::App;
use crate::blob::Blobs;
use crate::catalog::{self, Lesson};
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::web::LearnerCaller;
use crate::web::forms::Path;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jixue_core::id::LessonId;
use std::ops::Range;

/// What is held in memory of a film for one viewer.
const PIECE_BYTES: u64 = 256 << 10;
const CHINESE_CAPTIONS: &str = "zh-CN.vtt";
const ENGLISH_CAPTIONS: &str = "en.vtt";
/// A picture is looked at, never run: a script inside one does nothing even when it is opened by itself.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Addresses of a lesson's files, with one ticket for all.
pub(super) struct Addresses {
    base: String,
}

impl Addresses {
    pub fn new(app: &App, who: &LearnerCaller, lesson: LessonId) -> Self {
        let holder = Holder { learner: who.learner, lesson, csrf: &who.caller.csrf };
        Self { base: format!("/media/{lesson}/{}", holder.ticket(&app.keys, app.clock.now())) }
    }

    pub fn of(&self, name: &str) -> String {
        format!("{}/{}", self.base, crate::web::page::encode(name))
    }

    /// Language tag, the language's own name, address; the ones in the reader's language first.
    pub fn captions(&self, lesson: &Lesson, english_first: bool) -> Vec<(&'static str, &'static str, String)> {
        let captions = &lesson.captions;
        let mut all = Vec::new();
        if captions.zh_sha256.is_some() {
            all.push(("zh-CN", "中文", self.of(CHINESE_CAPTIONS)));
        }
        if captions.en_sha256.is_some() {
            all.push(("en", "English", self.of(ENGLISH_CAPTIONS)));
        }
        if english_first {
            all.reverse();
        }
        all
    }
}

/// A file of a lesson: its digest and type.
fn found(lesson: &Lesson, name: &str) -> Option<(String, String)> {
    let captions = "text/vtt; charset=utf-8".to_owned();
    match name {
        CHINESE_CAPTIONS => lesson.captions.zh_sha256.clone().map(|digest| (digest, captions)),
        ENGLISH_CAPTIONS => lesson.captions.en_sha256.clone().map(|digest| (digest, captions)),
        _ => {
            let file = lesson.file.as_ref().filter(|file| file.name == name)?;
            Some((file.sha256.clone(), file.media_type.clone()))
        }
    }
}

pub(super) async fn file(
    State(app): State<App>,
    who: LearnerCaller,
    Path((lesson, ticket, name)): Path<(LessonId, String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let holder = Holder { learner: who.learner, lesson, csrf: &who.caller.csrf };
    if !holder.may_use(&app.keys, &ticket, app.clock.now()) {
        return Err(Refused::not_found().into());
    }
    let lesson = app.db.read(async move |tx: &Tx<'_>| catalog::lesson(tx, lesson).await).await?;
    let (digest, media_type) = lesson.and_then(|lesson| found(&lesson, &name)).ok_or_else(Refused::not_found)?;
    let missing = || Error::internal(format!("blob {digest} of a lesson is not there"));
    let length = app.blobs.length(&digest).await?.ok_or_else(missing)?;
    Ok(answer(app.blobs.clone(), digest, media_type, length, &headers))
}

/// The whole file, the part that is asked for, or word that nothing has changed.
fn answer(blobs: Blobs, digest: String, media_type: String, length: u64, headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let etag = format!("\"{}\"", &digest[..32]);
    if text(header::IF_NONE_MATCH).is_some_and(|known| known == "*" || known.contains(&etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    // A part of another version would be joined to what the browser has: then the whole is sent.
    let fits = text(header::IF_RANGE).is_none_or(|known| known == etag);
    let wanted = text(header::RANGE).filter(|_| fits).map_or(Wanted::Whole, |range| wanted(range, length));
    let (status, part, content_range) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..length, None),
        Wanted::Part(part) => {
            let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            (StatusCode::PARTIAL_CONTENT, part, Some(range))
        }
        Wanted::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0, Some(format!("bytes */{length}"))),
    };
    let fixed = [
        (header::CONTENT_TYPE, media_type.clone()),
        (header::CONTENT_LENGTH, (part.end - part.start).to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ];
    let content_range = content_range.map(|range| [(header::CONTENT_RANGE, range)]);
    let policy = media_type.starts_with("image/").then_some([(header::CONTENT_SECURITY_POLICY, PICTURE_POLICY)]);
    (status, fixed, content_range, policy, Body::from_stream(pieces(blobs, digest, part))).into_response()
}

/// The bytes of `part` in pieces, each read when the one before is on its way.
fn pieces(
    blobs: Blobs,
    digest: String,
    part: Range<u64>,
) -> impl futures_util::Stream<Item = Result<bytes::Bytes>> + Send {
    stream::try_unfold(part, move |left| {
        let (blobs, digest) = (blobs.clone(), digest.clone());
        async move {
            if left.is_empty() {
                return Ok(None);
            }
            let end = left.end.min(left.start + PIECE_BYTES);
            let bytes = blobs.get_range(&digest, left.start..end).await?;
            Ok(Some((bytes, end..left.end)))
        }
    })
}
