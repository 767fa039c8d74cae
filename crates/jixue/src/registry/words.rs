//! Words of the registry in the reader's language.

use crate::i18n::Texts;
use crate::org::Region;
use jixue_core::identity_number::IdentityKind;
use jixue_core::org::Industry;

/// The name of an industry system.
pub(super) fn industry(t: &Texts, code: &str) -> &'static str {
    t.industry(Industry::from_code(code).unwrap_or(Industry::Other))
}

/// The name of a sort of unit.
pub(super) fn kind(t: &Texts, code: &str) -> &'static str {
    match code {
        "public" => t.registry_kind_public(),
        _ => t.registry_kind_enterprise(),
    }
}

/// The name of a region, or its code where it is not known.
pub(super) fn region(t: &Texts, regions: &[Region], code: &str) -> String {
    let found = regions.iter().find(|region| region.code == code);
    found.map_or_else(|| code.to_owned(), |region| t.pick(&region.name_zh, &region.name_en).to_owned())
}

/// Industry systems to choose from: code, word, chosen.
pub(super) fn industries(t: &Texts, chosen: &str) -> Vec<(String, String, bool)> {
    let choice = |one: Industry| (one.code().to_owned(), industry(t, one.code()).to_owned(), one.code() == chosen);
    Industry::ALL.into_iter().map(choice).collect()
}

/// Sorts of units to choose from: code, word, chosen.
pub(super) fn kinds(t: &Texts, chosen: &str) -> Vec<(String, String, bool)> {
    crate::org::UNIT_KINDS.into_iter().map(|one| (one.to_owned(), kind(t, one).to_owned(), one == chosen)).collect()
}

/// Identity documents to choose from, the resident's card chosen: code, word, chosen.
pub(super) fn documents(t: &Texts) -> Vec<(String, String, bool)> {
    let word = |kind: IdentityKind| match kind {
        IdentityKind::ResidentCard => t.registry_document_resident_card(),
        IdentityKind::ResidencePermit => t.registry_document_residence_permit(),
        IdentityKind::PermanentResidence => t.registry_document_permanent_residence(),
        IdentityKind::Passport => t.registry_document_passport(),
    };
    let choice =
        |kind: IdentityKind| (kind.code().to_owned(), word(kind).to_owned(), kind == IdentityKind::ResidentCard);
    IdentityKind::ALL.into_iter().map(choice).collect()
}

/// Regions within bounds to choose from: code, name, chosen.
pub(super) fn regions(
    t: &Texts,
    regions: &[Region],
    bounds: &jixue_core::scope::ScopeBounds,
    chosen: &str,
) -> Vec<(String, String, bool)> {
    let within = |code: &str| bounds.region_from.as_str() <= code && code < bounds.region_until.as_str();
    let named = regions.iter().filter(|region| within(&region.code));
    named
        .map(|region| {
            let name = t.pick(&region.name_zh, &region.name_en).to_owned();
            (region.code.clone(), name, region.code == chosen)
        })
        .collect()
}

/// Every region but one to choose from: code, name, none chosen.
pub(super) fn other_regions(t: &Texts, regions: &[Region], but: &str) -> Vec<(String, String, bool)> {
    let others = regions.iter().filter(|region| region.code != but);
    others.map(|region| (region.code.clone(), t.pick(&region.name_zh, &region.name_en).to_owned(), false)).collect()
}

/// Choices with "all" before them, chosen when nothing else is.
pub(super) fn with_all(all: &str, choices: Vec<(String, String, bool)>) -> Vec<(String, String, bool)> {
    let is_chosen = choices.iter().all(|choice| !choice.2);
    std::iter::once((String::new(), all.to_owned(), is_chosen)).chain(choices).collect()
}
