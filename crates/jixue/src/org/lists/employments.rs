//! A list of employments: who works where since when, or left on which day. People must be known.

use super::table::Wanted;
use super::undo::Trace;
use super::unknown;
use crate::app::App;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Refused, Result};
use crate::i18n::Texts;
use crate::org::moving::{begin_at, leave_unit};
use crate::org::{self, Unit, identity_index};
use jixue_core::id::UnitId;
use jixue_core::identity_number::{AreaPolicy, IdentityKind, IdentityNumber, IdentityNumberRefusal};
use jixue_core::org::PersonName;
use jixue_core::refusal::Kind;
use jixue_core::scope::Scope;
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;

pub(super) const COLUMNS: [Wanted; 7] = [
    Wanted { words: &["姓名", "人员姓名", "name"], is_needed: true },
    Wanted {
        words: &["身份证号", "公民身份号码", "身份证号码", "证件号码", "证件号", "identitynumber", "idnumber"],
        is_needed: true,
    },
    Wanted { words: &["证件类型", "证件种类", "documenttype"], is_needed: false },
    Wanted {
        words: &["统一社会信用代码", "单位名称", "工作单位", "用人单位", "单位", "uscc", "unit"],
        is_needed: true,
    },
    Wanted { words: &["科室", "部门", "department"], is_needed: false },
    Wanted {
        words: &["开始日期", "到岗日期", "调入日期", "起始日期", "from", "startedon"], is_needed: false
    },
    Wanted { words: &["结束日期", "离职日期", "调出日期", "until", "endedon"], is_needed: false },
];

/// The form's fields and labels, in the order of the columns.
pub(super) fn names(t: &Texts) -> [(&'static str, &'static str); 7] {
    [
        ("name", t.org_column_name()),
        ("identity", t.org_column_identity_number()),
        ("document", t.org_column_identity_kind()),
        ("unit", t.lists_column_workplace()),
        ("department", t.org_column_department()),
        ("from", t.lists_column_from()),
        ("until", t.lists_column_until()),
    ]
}

/// A row that was understood.
pub(super) struct Row {
    name: String,
    index: Vec<u8>,
    unit: String,
    department: String,
    from: Option<BusinessDate>,
    until: Option<BusinessDate>,
}

/// A row that says who works where since when, or until when.
pub(super) fn understood(app: &App, cells: &[String]) -> Result<Row> {
    let cells: &[String; 7] = cells.try_into().map_err(Error::internal)?;
    let [name, identity, kind, unit, department, from, until] = cells;
    let areas = AreaPolicy::ANY.with_demo(app.config.demo);
    let unknown_kind = || IdentityNumberRefusal::KindUnknown { word: kind.clone() };
    let kind = match kind.as_str() {
        "" => None,
        word => Some(IdentityKind::from_word(word).ok_or_else(unknown_kind)?),
    };
    let identity = IdentityNumber::parse_as(kind, identity, app.clock.now().business_date(), areas)?;
    let day = |text: &str| match text {
        "" => Ok(None),
        text => BusinessDate::parse(text).map(Some).ok_or_else(|| unknown("list.day_unreadable", text)),
    };
    let (from, until) = (day(from)?, day(until)?);
    if from.is_none() && until.is_none() {
        return Err(Refused::new("list.day_missing", Kind::Invalid).into());
    }
    Ok(Row {
        name: PersonName::parse(name)?.as_str().to_owned(),
        index: identity_index(&app.keys, &identity),
        unit: unit.clone(),
        department: department.chars().take(60).collect(),
        from,
        until,
    })
}

/// Begins or ends an employment within reach, or with `check` only says whether it could be; none when it is so already.
pub(super) async fn take_in(tx: &Tx<'_>, at: &At, scope: &Scope, row: &Row, check: bool) -> Result<Option<Trace>> {
    let unit = unit_of(tx, scope, &row.unit).await?.id;
    if check {
        return Ok(work_changes(tx, at, scope, unit, row, true).await?.then(Trace::default));
    }
    let learner = begin_at::person_known(tx, unit, &row.index, &row.name).await?;
    org::hold_people(tx, &[learner]).await?;
    let before = begin_at::open_employment(tx, learner).await?;
    if !work_changes(tx, at, scope, unit, row, false).await? {
        return Ok(None);
    }
    let after = begin_at::open_employment(tx, learner).await?;
    let (begun, ended) = (after.filter(|_| after != before), before.filter(|_| after != before));
    Ok(Some(Trace { done_at: Some(at.now), unit: None, learner: Some(learner), begun, ended }))
}

/// Whether a row changes where somebody works; with `check` nothing is written.
async fn work_changes(tx: &Tx<'_>, at: &At, scope: &Scope, unit: UnitId, row: &Row, check: bool) -> Result<bool> {
    match (row.from, row.until) {
        (_, Some(until)) => {
            let person = begin_at::person_here(tx, unit, &row.index, &row.name).await?;
            match (person, check) {
                (None, _) => Ok(false),
                (Some(_), true) => Ok(true),
                (Some(learner), false) => leave_unit(tx, at, scope, (unit, learner), until).await.map(|()| true),
            }
        }
        (Some(from), None) => {
            begin_at::begin(tx, at, scope, unit, (&row.index, &row.name), &row.department, (from, check)).await
        }
        (None, None) => Ok(false),
    }
}

/// A unit within reach by its code or by its name.
async fn unit_of(tx: &Tx<'_>, scope: &Scope, word: &str) -> Result<Unit> {
    let found = match Uscc::parse(word) {
        Ok(code) => org::unit_by_uscc(tx, &code).await?,
        Err(_) => org::unit_by_name(tx, word, "").await?,
    };
    let found = found.ok_or_else(|| unknown("list.unit_unknown", word))?;
    let within = org::unit(tx, scope, found.id).await?;
    within.ok_or_else(|| unknown("list.unit_unknown", word))
}
