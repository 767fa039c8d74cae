//! The units of the sample city: how many people work where, what the units are called, their codes.

use super::chance::Chance;
use super::content::{Ownership, Region, Regions, UnitKind, Units, table};
use super::numbers;
use super::people::People;
use jixue_core::org::RosterPerson;
use jixue_core::uscc::Uscc;
use std::collections::HashSet;

/// Codes below belong to the bases and to units of the documentation.
const FIRST_NUMBER: u32 = 100;
/// A unit with fewer people would be an office of somebody else.
const PEOPLE_MIN: u32 = 3;
/// No unit employs a larger part of the city than one in this many.
const LARGEST_SHARE: u32 = 6;
/// No unit is larger than this many times the usual size of its kind.
const MEDIANS_MAX: u32 = 4;
/// How often a name is drawn anew before a number is put behind it.
const NAMES_TRIED: usize = 30;

/// A unit as it will be written, with its people.
pub(super) struct PlannedUnit {
    pub uscc: Uscc,
    pub name: String,
    /// `public` or `enterprise`.
    pub ownership: String,
    pub region_code: String,
    /// Code of its industry system.
    pub industry: String,
    pub people: Vec<RosterPerson>,
}

/// Draws units until all learners have a place.
pub(super) struct UnitPlan<'a> {
    pub chance: &'a mut Chance,
    pub people: &'a mut People,
    content: Units,
    regions: Vec<Region>,
    names: HashSet<String>,
    number: u32,
}

impl<'a> UnitPlan<'a> {
    pub fn new(chance: &'a mut Chance, people: &'a mut People) -> anyhow::Result<Self> {
        let regions = table::<Regions>("regions.toml")?.region;
        Ok(Self { chance, people, content: table("units.toml")?, regions, names: HashSet::new(), number: FIRST_NUMBER })
    }

    /// Units for `learners` people, over kinds and counties as the content's shares say.
    pub fn units(&mut self, learners: u32) -> anyhow::Result<Vec<PlannedUnit>> {
        let kinds = std::mem::take(&mut self.content.kind);
        let largest = (learners / LARGEST_SHARE).max(PEOPLE_MIN);
        let (total, mut before, mut given) = (self.weight_of(&kinds), 0, 0);
        let mut units = Vec::new();
        for kind in &kinds {
            // Rounding the running sum gives every learner exactly one place.
            before += self.weight_of(std::slice::from_ref(kind));
            let until = (u64::from(learners) * before / total.max(1)) as u32;
            let mut left = until - given;
            given = until;
            while left > 0 {
                let size = self.size(kind, left, largest);
                units.push(self.unit(kind, size)?);
                left -= size;
            }
        }
        self.content.kind = kinds;
        Ok(units)
    }

    /// A unit of a kind, in a county, that has sent nobody's name yet.
    pub fn empty_unit(&mut self, kind: &str) -> anyhow::Result<PlannedUnit> {
        let kinds = std::mem::take(&mut self.content.kind);
        let found = kinds.iter().find(|known| known.slug == kind).or(kinds.first());
        let unit = found.map(|kind| self.unit(kind, 0)).transpose();
        self.content.kind = kinds;
        unit?.ok_or_else(|| anyhow::anyhow!("no kinds of units"))
    }

    /// Shares of kinds within their ownership, made comparable over ownerships.
    fn weight_of(&self, kinds: &[UnitKind]) -> u64 {
        let learners = |kind: &UnitKind| self.ownership(kind).map_or(0, |ownership| ownership.learners);
        kinds.iter().map(|kind| u64::from(kind.learners_weight) * u64::from(learners(kind))).sum()
    }

    fn ownership(&self, kind: &UnitKind) -> Option<&Ownership> {
        self.content.ownership.iter().find(|ownership| ownership.kind == kind.ownership)
    }

    fn size(&mut self, kind: &UnitKind, left: u32, largest: u32) -> u32 {
        let sigma = self.ownership(kind).map_or(100, |ownership| ownership.size_sigma_hundredths);
        let drawn = self.chance.size(kind.learners_median, f64::from(sigma) / 100.0);
        let largest = largest.min(kind.learners_median * MEDIANS_MAX).max(PEOPLE_MIN);
        let size = drawn.clamp(PEOPLE_MIN, largest).min(left);
        if left - size < PEOPLE_MIN { left } else { size }
    }

    fn unit(&mut self, kind: &UnitKind, size: u32) -> anyhow::Result<PlannedUnit> {
        let is_city_level = self.chance.percent(kind.city_level_percent);
        let is_candidate = |region: &Region| (region.level == "city") == is_city_level;
        let weight = |region: &Region| {
            if is_candidate(region) { region.weight.max(1) } else { 0 }
        };
        let region = self.chance.weighted(&self.regions, weight);
        let (region_code, place) = (region.code.clone(), region.name.zh.clone());
        let name = self.name(kind, &place);
        self.number += 1;
        let people = (0..size).map(|_| self.people.person(self.chance, kind, &self.content.levels));
        Ok(PlannedUnit {
            uscc: numbers::uscc(&kind.uscc_prefix, &region_code, self.number)?,
            name,
            ownership: kind.ownership.clone(),
            region_code,
            industry: kind.industry.clone(),
            people: people.collect::<anyhow::Result<_>>()?,
        })
    }

    fn name(&mut self, kind: &UnitKind, place: &str) -> String {
        let mut name = String::new();
        for _ in 0..NAMES_TRIED {
            let pattern = &self.chance.one_of(&kind.patterns).zh;
            let stem = &self.chance.one_of(&self.content.stems).zh;
            let matter = &self.chance.one_of(&self.content.matters).zh;
            let city = self.regions.iter().find(|region| region.level == "city").map_or(place, |city| &city.name.zh);
            name = pattern.replace("{place}", place).replace("{city}", city);
            name = name.replace("{stem}", stem).replace("{matter}", matter);
            if self.names.insert(name.clone()) {
                return name;
            }
        }
        let mut numbered = (2..).map(|number| format!("{name}第{number}分部"));
        let free = numbered.find(|name| !self.names.contains(name)).unwrap_or_default();
        self.names.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(learners: u32, seed: u64) -> Vec<PlannedUnit> {
        let (mut chance, mut people) = (Chance::of(seed), People::new().unwrap());
        UnitPlan::new(&mut chance, &mut people).unwrap().units(learners).unwrap()
    }

    #[test]
    fn every_learner_has_one_place() {
        for learners in [1, 40, 2_000, 5_003] {
            let people: usize = planned(learners, 1).iter().map(|unit| unit.people.len()).sum();
            assert_eq!(people, learners as usize);
        }
    }

    #[test]
    fn units_differ_in_name_and_code_and_lie_in_every_county() {
        let units = planned(8_000, 4);
        let distinct = |key: fn(&PlannedUnit) -> String| units.iter().map(key).collect::<HashSet<_>>().len();
        assert_eq!(distinct(|unit| unit.name.clone()), units.len());
        assert_eq!(distinct(|unit| unit.uscc.to_string()), units.len());
        assert_eq!(distinct(|unit| unit.region_code.clone()), 12);
        assert!(units.iter().all(|unit| !unit.name.contains('{')));
    }

    #[test]
    fn a_unit_without_people_can_be_made() {
        let (mut chance, mut people) = (Chance::of(1), People::new().unwrap());
        let unit = UnitPlan::new(&mut chance, &mut people).unwrap().empty_unit("hospital").unwrap();
        assert!(unit.people.is_empty() && unit.industry == "health");
    }

    #[test]
    fn the_same_seed_plans_the_same_units() {
        let names = |seed| planned(300, seed).into_iter().map(|unit| unit.name).collect::<Vec<_>>();
        assert_eq!(names(5), names(5));
        assert_ne!(names(5), names(6));
    }
}
