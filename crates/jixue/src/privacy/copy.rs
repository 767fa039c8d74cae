//! A copy of one's data: `data.json` for programs and `data.html` for people, in one archive.

use super::consents::Consent;
use super::my_data::{LookLine, look_line};
use super::store::{Part, Told};
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::org::Learner;
use crate::trail::Look;
use askama::Template;
use jixue_core::time::Timestamp;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Everything that goes into the copy.
pub(super) struct Copied {
    pub learner: Learner,
    pub identity_number: String,
    pub phone: String,
    pub parts: Vec<Part>,
    pub consents: Vec<Consent>,
    pub looks: Vec<Look>,
    pub at: Timestamp,
}

#[derive(Template)]
#[template(path = "privacy/copy.html")]
struct CopyPage {
    t: Texts,
    copied: Copied,
    looks: Vec<LookLine>,
    made: String,
}

impl CopyPage {
    fn part_name(&self, part: &Part) -> String {
        self.t.say(&format!("copy.{}", part.code))
    }

    fn column_name(&self, column: &&'static str) -> String {
        self.t.say(&format!("copy_column.{column}"))
    }
}

impl Told {
    /// As people read it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Nothing => "—".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Instant(at) => at.china_minutes(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Instant(at) => at.rfc3339().into(),
        }
    }
}

/// Writes the archive. Blocks.
pub(super) fn archive(t: Texts, copied: Copied) -> Result<Vec<u8>> {
    let json = serde_json::to_vec_pretty(&told(&copied)).map_err(Error::internal)?;
    let looks = copied.looks.iter().cloned().map(|look| look_line(&t, look)).collect();
    let page = CopyPage { t, looks, made: copied.at.china_minutes(), copied };
    let html = page.render().map_err(Error::internal)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("data.json", json), ("data.html", html.into_bytes())] {
        zip.start_file(name, SimpleFileOptions::default()).map_err(Error::internal)?;
        zip.write_all(&bytes).map_err(Error::internal)?;
    }
    Ok(zip.finish().map_err(Error::internal)?.into_inner())
}

fn told(copied: &Copied) -> Value {
    let learner = &copied.learner;
    let mut all = json!({
        "made_at": copied.at.rfc3339(),
        "person": {
            "name": learner.name,
            "identity_number": copied.identity_number,
            "phone": copied.phone,
            "unit": learner.unit_name,
            "department": learner.department,
            "title_series": learner.title_series,
            "title_level": learner.title_level,
        },
        "consents": copied.consents.iter().map(|consent| json!({
            "kind": consent.kind.code(),
            "version": consent.version,
            "given_at": consent.given_at.rfc3339(),
            "withdrawn_at": consent.withdrawn_at.map(Timestamp::rfc3339),
        })).collect::<Vec<_>>(),
        "looks": copied.looks.iter().map(|look| json!({
            "at": look.at.rfc3339(),
            "by": look.actor,
            "role": look.role,
            "what": if look.object_kind == "learner_view" { "pages" } else { look.object_kind.as_str() },
            "purpose": look.words,
        })).collect::<Vec<_>>(),
    });
    for part in &copied.parts {
        let object = |row: &Vec<Told>| -> Value {
            part.columns.iter().zip(row).map(|(column, told)| ((*column).to_owned(), told.json())).collect()
        };
        all[part.code] = part.rows.iter().map(object).collect();
    }
    all
}
