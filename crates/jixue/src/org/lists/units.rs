//! A list of units: name, code or the reason why there is none, county, industry system, kind.

use super::table::Wanted;
use super::undo::Trace;
use super::unknown;
use crate::at::At;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::i18n::Texts;
use crate::org::units::{foresee_unit, register_unit};
use crate::org::{NewUnit, Region, Registered};
use jixue_core::org::Industry;
use jixue_core::scope::Scope;
use jixue_core::uscc::Uscc;

pub(super) const COLUMNS: [Wanted; 6] = [
    Wanted { words: &["单位名称", "用人单位", "单位", "名称", "unitname", "name"], is_needed: true },
    Wanted {
        words: &["统一社会信用代码", "社会信用代码", "信用代码", "机构代码", "uscc", "code", "unifiedsocialcreditcode"],
        is_needed: true,
    },
    Wanted { words: &["没有代码的原因", "无代码原因", "备注", "reason", "remark"], is_needed: false },
    Wanted {
        words: &["区县", "县市区", "所在县市区", "所属区县", "行政区划", "行政区划代码", "county", "region"],
        is_needed: true,
    },
    Wanted {
        words: &["行业系统", "所属行业", "行业", "系统", "主管系统", "industry", "industrysystem"],
        is_needed: false,
    },
    Wanted { words: &["单位性质", "单位类型", "性质", "kind", "type"], is_needed: false },
];

/// The form's fields and labels, in the order of the columns.
pub(super) fn names(t: &Texts) -> [(&'static str, &'static str); 6] {
    [
        ("name", t.lists_column_unit()),
        ("code", t.lists_column_code()),
        ("reason", t.lists_column_reason()),
        ("county", t.lists_column_county()),
        ("industry", t.lists_column_industry()),
        ("kind", t.lists_column_kind()),
    ]
}

/// Registers a unit within reach, or with `check` only says what would become of it; none when it is known.
pub(super) async fn take_in(tx: &Tx<'_>, at: &At, scope: &Scope, unit: &NewUnit, check: bool) -> Result<Option<Trace>> {
    if check {
        return Ok(foresee_unit(tx, scope, unit).await?.is_none().then(Trace::default));
    }
    Ok(match register_unit(tx, at, scope, unit).await? {
        Registered::New(unit) => Some(Trace { done_at: Some(at.now), unit: Some(unit), ..Trace::default() }),
        Registered::Known(_) => None,
    })
}

/// A row as a unit that may be registered.
pub(super) fn understood(cells: &[String], regions: &[Region]) -> Result<NewUnit> {
    let cells: &[String; 6] = cells.try_into().map_err(Error::internal)?;
    let [name, code, reason, region, industry, kind] = cells;
    let is_region = |known: &&Region| {
        let word = region.as_str();
        known.code == word || known.name_zh == word || known.name_en.eq_ignore_ascii_case(word)
    };
    let region_code =
        regions.iter().find(is_region).ok_or_else(|| unknown("unit.region_unknown", region))?.code.clone();
    let industry = match industry.as_str() {
        "" => Industry::Other,
        word => Industry::from_word(word).ok_or_else(|| unknown("unit.industry_word_unknown", word))?,
    };
    Ok(NewUnit {
        uscc: if code.is_empty() { Err(reason.clone()) } else { Ok(Uscc::parse(code)?) },
        name: name.clone(),
        kind: kind_of(kind)?.to_owned(),
        region_code,
        industry: industry.code().to_owned(),
    })
}

fn kind_of(word: &str) -> Result<&'static str> {
    match word.trim_end_matches("单位") {
        "" | "机关事业" | "机关" | "事业" | "党政机关" | "公办" | "public" => Ok("public"),
        "企业" | "民营企业" | "国有企业" | "企业和社会组织" | "社会组织" | "民办" | "个体工商户" | "enterprise" => {
            Ok("enterprise")
        }
        _ => Err(unknown("unit.kind_word_unknown", word)),
    }
}
