//! Spreadsheets that people send (`.xlsx`, `.xls`, `.csv`) and get (`.xlsx`): read within bounds, written so that no cell
//! can become a formula.
//!
//! Everything here works on bytes and blocks for as long as it computes: callers run it in `spawn_blocking`, outside any
//! transaction, and a few at once at most (see [`in_background`]).

mod archive;
mod compound;
mod read;
mod write;

pub use archive::archive_files;
pub use read::{Bounds, Row, Sheet, read};
use write::plain_text;
pub use write::{Cell, Column, Table, csv, csv_text, table};
pub(crate) use write::{head_format, text_format};

use crate::error::{Error, Result};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jixue_core::refusal::{Kind, Refusal};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Endings and media types of the files we read, as a file field's `accept` wants them. Phones know only the latter.
pub const ACCEPT: &str = ".xlsx,.xls,.csv,.txt,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,\
    application/vnd.ms-excel,text/csv,text/plain";

/// Media type of the files we write.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A spreadsheet takes up to some 100 MiB while it is read: never more than two at once.
static DESKS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// Why a file is not a spreadsheet we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetRefusal {
    /// Something else: a PDF, a picture, a web page, a spreadsheet of another program.
    UnknownFormat,
    /// An `.xls` file as they were written before 1997.
    TooOld,
    /// It opens only with a password.
    Protected,
    /// It says that it is one, but cannot be read to its end.
    Damaged,
    /// Unpacked, or in cells, it is larger than any list of people.
    TooMuchInside,
    /// It has more rows than are read at once.
    TooManyRows {
        /// The last row that was looked at, as the spreadsheet's margin shows it.
        row: u32,
    },
    /// No cell holds anything.
    Empty,
}

impl Refusal for SheetRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownFormat => "sheet.unknown_format",
            Self::TooOld => "sheet.too_old",
            Self::Protected => "sheet.protected",
            Self::Damaged => "sheet.damaged",
            Self::TooMuchInside => "sheet.too_much_inside",
            Self::TooManyRows { .. } => "sheet.too_many_rows",
            Self::Empty => "sheet.empty",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::UnknownFormat | Self::TooOld => Kind::Unsupported,
            Self::TooMuchInside | Self::TooManyRows { .. } => Kind::TooLarge,
            Self::Protected | Self::Damaged | Self::Empty => Kind::Invalid,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooManyRows { row } => vec![("row", row.to_string())],
            Self::UnknownFormat
            | Self::TooOld
            | Self::Protected
            | Self::Damaged
            | Self::TooMuchInside
            | Self::Empty => Vec::new(),
        }
    }
}

/// Runs work on a spreadsheet beside the requests of others. A reader that panics on a crafted file has refused it.
pub async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let desk = DESKS.clone().acquire_owned().await.map_err(Error::internal)?;
    // The desk stays taken until the work ends, also when nobody waits for it any more.
    let work = move || {
        let _desk = desk;
        work()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(SheetRefusal::Damaged.into()))
}

/// A spreadsheet to be saved under a name, which may be Chinese (RFC 6266).
pub fn download(name: &str, bytes: Vec<u8>) -> Response {
    saved_as("jixue.xlsx", name, MEDIA_TYPE, bytes)
}

/// The same for a CSV file.
pub fn download_csv(name: &str, bytes: Vec<u8>) -> Response {
    saved_as("jixue.csv", name, "text/csv; charset=utf-8", bytes)
}

fn saved_as(plain: &str, name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let encoded = crate::web::page::encode(name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
